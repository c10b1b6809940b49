import { setTimeout as sleep } from "node:timers/promises";
import type { Progress } from "@/lib/contract/task";
import { isFinal } from "@/lib/contract/task-rules";
import type { Client } from "./client";
import { exitCodeOf } from "./exit-codes";
import { InterruptedError, RefusedError, UnreachableError } from "./faults";
import { endLines } from "./lines";
import type { Output } from "./output";
import type { Say } from "./text";

/** While the server is away: the pause doubles from one look to this. */
const MAX_PAUSE_MS = 5_000;

/** Ctrl-C at the terminal: the first and the second. */
export interface Interrupts {
  first: AbortSignal;
  second: AbortSignal;
}

export interface Watching {
  client: Client;
  output: Output;
  say: Say;
  interrupts: Interrupts;
  /** Between two looks at the task. */
  lookEveryMs: number;
  /** How long a server may stay away before the watching is given up. */
  patienceMs: number;
  cancelOnInterrupt: boolean;
}

/**
 * Follows a task to its end, through restarts of the server, and answers the exit code. Ctrl-C ends the watching and never
 * the task, unless `cancelOnInterrupt` was asked; then the second one ends the watching.
 */
export async function watchTask(taskId: string, watching: Watching): Promise<number> {
  const { client, output, say, interrupts } = watching;
  let signal = interrupts.first;
  for (;;) {
    try {
      const progress = await untilFinal(taskId, watching, signal);
      const exitCode = exitCodeOf(progress);
      output.progress(progress);
      output.end(exitCode, { data: progress });
      output.say(...endLines(say, progress));
      return exitCode;
    } catch (error) {
      if (!(error instanceof InterruptedError)) throw error;
      if (!watching.cancelOnInterrupt || interrupts.second.aborted || signal === interrupts.second)
        throw new InterruptedError("notFollowed", { task: taskId });
      signal = interrupts.second;
      output.remark(say("cli.cancelling"));
      await cancel(client, taskId, signal);
    }
  }
}

/** A task that ended in this moment needs no cancel. */
async function cancel(client: Client, taskId: string, signal: AbortSignal): Promise<void> {
  try {
    await client.call("POST", `/sync/batch/${encodeURIComponent(taskId)}/cancel`, { signal });
  } catch (error) {
    if (!(error instanceof RefusedError && error.failure.code === "illegal_transition")) throw error;
  }
}

async function untilFinal(taskId: string, watching: Watching, signal: AbortSignal): Promise<Progress> {
  const { client, output, say, lookEveryMs, patienceMs } = watching;
  let awaySince: number | null = null;
  let pauseMs = lookEveryMs;
  for (;;) {
    try {
      const path = `/sync/batch/progress/${encodeURIComponent(taskId)}`;
      const progress = await client.call<Progress>("GET", path, { patient: false, signal });
      if (awaySince !== null) output.remark(say("cli.back"));
      awaySince = null;
      pauseMs = lookEveryMs;
      if (isFinal(progress.status)) return progress;
      output.progress(progress);
    } catch (error) {
      if (!(error instanceof UnreachableError)) throw error;
      if (awaySince === null) output.remark(say("cli.away"));
      awaySince ??= performance.now();
      if (performance.now() - awaySince >= patienceMs) throw error;
      pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS);
    }
    await sleep(pauseMs, undefined, { signal }).catch(() => {
      throw new InterruptedError();
    });
  }
}
