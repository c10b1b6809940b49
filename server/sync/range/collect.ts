import type { Day } from "@/lib/contract/day";
import { type Chances, isWorthTrying, waitOf } from "./chances";
import { DiskFullError, LeaseLostError, StoppedError, wordsOf } from "@/server/sync/errors";
import type { Keeping } from "./keeping";
import type { Clock, Log } from "@/server/sync/ports";
import type { Source } from "@/server/sync/source-ports";
import type { Wait } from "@/server/sync/task/task-record";

export interface CollectOptions {
  clock: Clock;
  log: Log;
  source: Source;
  taskId: string;
  /** When the source is asked again, over all walks of the run. */
  chances: Chances;
  /** Ends everything at once. */
  signal: AbortSignal;
  /** Ends the walk between two requests: a pause, or a stop of the server. */
  stopping: AbortSignal;
  watch: {
    /** Symbols so far, and of how many; null = not known yet. */
    collected(done: number, of: number | null): void;
    /** The walk waits before the source is asked again; null = it goes on. */
    waiting(wait: Wait | null): void;
  };
}

/** A chunk in work; `failure` is what its days fail with. */
export interface Walk {
  keeping: Keeping;
  isWhole: boolean;
  failure: unknown;
}

/**
 * One walk, tried again from where it broke; what came of it stands in `walk`. Where the chunk has failed before, or nobody
 * answered the chunk before it, this is but one more chance, after a rest and without waits. False where a stop ended it
 * between two requests. Throws what ends the run (`endsTheRun`), or the reason of `signal`.
 */
export async function collect(options: CollectOptions, days: readonly Day[], walk: Walk): Promise<boolean> {
  const { source, signal, stopping, watch, chances } = options;
  const { keeping } = walk;
  let waits = walk.failure === null ? chances.waitsMs() : [];
  const restMs = chances.restMs();
  if (restMs > 0 && !(await rest(options, restMs))) return false;
  const betweenRequests = async () => {
    signal.throwIfAborted();
    if (stopping.aborted) throw new StoppedError();
  };
  const ask = { signal, stage: keeping, onProgress: watch.collected, betweenRequests };
  for (let attempt = 0; ; ) {
    const before = keeping.count();
    try {
      if (stopping.aborted) return false;
      await source.prepare?.(days, ask);
      await keeping.flush();
      Object.assign(walk, { isWhole: true, failure: null });
      chances.worked();
      return true;
    } catch (error) {
      if (signal.aborted || endsTheRun(error)) throw error;
      const cause = await keepWhatCame(keeping, error, signal);
      if (cause instanceof StoppedError) return false;
      if (keeping.count() > before) {
        chances.worked();
        [attempt, waits] = [0, chances.waitsMs()];
      }
      const wait = waits[attempt];
      attempt += 1;
      if (wait === undefined || !isWorthTrying(cause)) {
        walk.failure = cause;
        chances.failed(cause);
        return true;
      }
      const waitMs = waitOf(cause, wait);
      options.log.warn({ task_id: options.taskId, waitMs, err: wordsOf(cause) }, "collecting failed, trying again");
      if (!(await rest(options, waitMs))) return false;
    }
  }
}

/** What the walk failed with: its own error, or that of the database which does not take what came before it. */
async function keepWhatCame(keeping: Keeping, error: unknown, signal: AbortSignal): Promise<unknown> {
  try {
    await keeping.flush();
    return error;
  } catch (refusal) {
    if (signal.aborted || endsTheRun(refusal)) throw refusal;
    return refusal;
  }
}

/** No verdict on the walk: the lease is gone, or the database has no room and the task pauses. */
export function endsTheRun(error: unknown): boolean {
  return error instanceof LeaseLostError || error instanceof DiskFullError;
}

/** The watchers see it. False where the rest was cut short by a stop. */
async function rest({ clock, signal, stopping, watch }: CollectOptions, ms: number): Promise<boolean> {
  watch.waiting({ code: "retrying", until_ms: clock.now() + ms });
  try {
    await clock.sleep(ms, AbortSignal.any([signal, stopping]));
    return true;
  } catch (error) {
    if (signal.aborted) throw error;
    return false;
  } finally {
    watch.waiting(null);
  }
}
