import { randomUUID } from "node:crypto";
import type { BatchRequest, Preview } from "@/lib/contract/plan";
import { FETCH_REASONS, SKIP_REASONS } from "@/lib/contract/plan";
import type { ConsoleInfo } from "@/lib/contract/console";
import type { Started } from "@/lib/contract/routes";
import type { Day } from "@/lib/contract/day";
import type { Progress, TaskPage, TaskSummary } from "@/lib/contract/task";
import type { Asked } from "./arguments";
import { EXIT, exitCodeOf } from "./exit-codes";
import { InterruptedError, UsageError } from "./faults";
import { spanText, tableLines, taskLines } from "./lines";
import type { Say } from "./text";
import { type Watching, watchTask } from "./watch";

/** The queue holds no more tasks than this. */
const MAX_QUEUED = 200;

/** Carries out what was asked and answers the exit code. Throws the errors of faults.ts. */
export async function carryOut(asked: Asked, watching: Watching): Promise<number> {
  const { client, output, say } = watching;
  const task = asked.task === null ? "" : encodeURIComponent(asked.task);

  function done(data: unknown, lines: string[], exitCode: number = EXIT.good): number {
    output.say(...lines);
    output.end(exitCode, { data });
    return exitCode;
  }

  /** What a started task is followed by: its end, or a word how to follow it. */
  async function follow(started: Started): Promise<number> {
    const { task_id } = started;
    output.say(started.message, say("cli.taskId", { task: task_id }));
    if (asked.watch) return watchTask(task_id, watching);
    return done(started, [say("cli.follow", { task: task_id })]);
  }

  /** A start under a key may be sent again; one that was interrupted may have arrived. */
  async function begin(path: string, body: object): Promise<Started> {
    try {
      return await client.call<Started>("POST", path, { body, key: asked.key ?? randomUUID() });
    } catch (error) {
      throw error instanceof InterruptedError ? new InterruptedError("startUncertain") : error;
    }
  }

  async function request(): Promise<BatchRequest> {
    const { from, to } = asked.days as NonNullable<Asked["days"]>;
    const today = from === "today" || to === "today" ? (await client.call<ConsoleInfo>("GET", "/console")).today : null;
    const [start_date, end_date] = [from, to].map((word) => (word === "today" ? today : word)) as [Day, Day];
    if (end_date < start_date) throw new UsageError("badRange", { start: start_date, end: end_date });
    return {
      start_date,
      end_date,
      force: asked.force,
      accept_incomplete: asked.acceptIncomplete,
      order: asked.order,
      if_busy: asked.queue ? "queue" : "reject",
      ...(asked.priority === null ? {} : { priority: asked.priority }),
    };
  }

  /** The running task, else null. */
  const active = () => client.call<{ task_id: string; progress: Progress } | null>("GET", "/sync/batch/active");
  const tasks = async (query: string) => (await client.call<TaskPage>("GET", `/tasks?${query}`)).tasks;
  /** Waiting tasks in the order in which they run: by priority, then by age. */
  const queued = async () => (await tasks(`status=queued&limit=${MAX_QUEUED}`)).reverse().sort((a, b) => b.priority - a.priority);

  switch (asked.command) {
    case "start":
      return follow(await begin("/sync/batch", await request()));
    case "retry":
      return follow(
        await begin(`/sync/batch/${task}/retry`, {
          only: asked.only,
          ...(asked.acceptIncomplete ? { accept_incomplete: true } : {}),
        }),
      );
    case "preview": {
      const preview = await client.call<Preview>("POST", "/sync/batch/preview", { body: await request() });
      return done(preview, previewLines(say, preview));
    }
    case "watch": {
      const found = asked.task ?? (await active())?.task_id ?? (await queued())[0]?.task_id;
      if (found === undefined) return done(null, [say("cli.nothingRuns")]);
      return watchTask(found, watching);
    }
    case "status": {
      const found = asked.task ?? (await active())?.task_id ?? (await tasks("limit=1"))[0]?.task_id;
      if (found === undefined) return done(null, [say("cli.neverRan")]);
      const summary = await client.call<TaskSummary>("GET", `/tasks/${encodeURIComponent(found)}`);
      return done(summary, taskLines(say, summary), exitCodeOf(summary));
    }
    case "cancel":
    case "pause":
    case "resume": {
      const progress = await client.call<Progress>("POST", `/sync/batch/${task}/${asked.command}`);
      if (asked.watch) return watchTask(progress.task_id, watching);
      return done(progress, [`${progress.task_id}: ${say(`status.${progress.status}`)}`]);
    }
    case "queue": {
      const waiting = await queued();
      return done(waiting, tableLines(say, waiting));
    }
    case "list": {
      const listed = await tasks(`limit=${asked.limit}`);
      return done(listed, tableLines(say, listed));
    }
    case "help":
      return done({ usage: say("cli.usage") }, [say("cli.usage")]);
  }
}

function previewLines(say: Say, preview: Preview): string[] {
  const { counts, start_date: start, end_date: end } = preview;
  const reasons = (names: readonly (keyof Preview["counts"])[]) =>
    names
      .filter((name) => counts[name] > 0)
      .map((name) => say(`cli.reason.${name}`, { count: counts[name] }))
      .join(", ") || "none";
  const skipped = SKIP_REASONS.reduce((sum, reason) => sum + counts[reason], 0);
  return [
    say("cli.plan.range", { start, end, calendar: counts.calendar, trading: counts.trading }),
    say("cli.plan.fetch", { days: preview.fetch_days, reasons: reasons(FETCH_REASONS) }),
    say("cli.plan.skip", { days: skipped, reasons: reasons(SKIP_REASONS) }),
    ...(preview.rows_expected === null ? [] : [say("cli.plan.rows", { rows: preview.rows_expected })]),
    ...(preview.seconds === null ? [] : [say("cli.plan.time", { time: spanText(say, preview.seconds) })]),
    ...preview.warnings.map(({ code, params }) => {
      const filled = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, value ?? "–"]));
      return say("cli.plan.warning", { sentence: say(`planWarning.${code}`, filled) });
    }),
    ...(preview.current_task
      ? [say("cli.plan.busy", { type: preview.current_task.task_type, task: preview.current_task.task_id })]
      : []),
  ];
}
