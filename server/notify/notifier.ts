import type { TaskAction, TaskDay } from "@/lib/contract/task";
import type { Clock, Log, Notifier } from "@/server/sync/ports";
import type { RecordedActivity, TaskRecord } from "@/server/sync/task/task-record";
import { causesOf, makeNotice, type Notice } from "./notice";
import type { Post } from "./post";
import { bodyFor } from "./shape";

/** Pauses before the second and the third try. */
const PAUSES_MS = [2_000, 15_000];
/** More than a night can bring; what comes on top is counted and not sent. */
const MAX_WAITING = 100;
/** How long a stop waits for what is on its way. */
const STOP_MS = 3_000;
/** The task is given up in a transaction that commits after it is told here. */
const COMMIT_MS = 1_000;
const COMMIT_LOOKS = 3;

export interface NotifierOptions {
  clock: Pick<Clock, "sleep">;
  log: Log;
  webhook: Post;
  /** Where browsers reach the console; null = notices have no link. */
  origin: string | null;
  /** The exchange's, for the time at which a paused task goes on. */
  zone: string;
  reads: {
    task(taskId: string): Promise<TaskRecord | null>;
    activity(taskId: string): Promise<RecordedActivity[]>;
    failedDays(taskId: string): Promise<TaskDay[]>;
  };
}

/** A notice to be made when its turn comes; null = it turned out that there is nothing to tell. */
type Job = () => Promise<Notice | null>;

/** What a task began with: only the last of these says why it runs now. */
const BEGINNINGS: ReadonlySet<TaskAction> = new Set<TaskAction>(["started", "queued", "resumed", "taken_over"]);

/** Sends notices one after the other, in the background; the instance that saw the event is the one that sends it. */
export function createNotifier({ clock, log, webhook, origin, zone, reads }: NotifierOptions): Notifier {
  const place = { origin, zone };
  const waiting: Job[] = [];
  const stopped = new AbortController();
  let stopping = false;
  let working: Promise<void> | null = null;

  function add(job: Job): void {
    if (stopping) return;
    if (waiting.length >= MAX_WAITING) return log.warn({ waiting: waiting.length }, "too many notices wait, one was dropped");
    waiting.push(job);
    working ??= work();
  }

  async function work(): Promise<void> {
    for (;;) {
      const job = waiting.shift();
      if (!job) {
        // At once, not when the promise has settled: a notice that comes in between would wait for the next one.
        working = null;
        return;
      }
      const notice = await job().catch((error: unknown) => {
        log.warn({ err: error instanceof Error ? error.message : String(error) }, "a notice could not be made");
        return null;
      });
      if (notice) await send(notice);
    }
  }

  async function send(notice: Notice): Promise<void> {
    const facts = { task_id: notice.task_id, event: notice.event, host: webhook.host };
    const body = bodyFor(webhook.host, notice);
    for (let turn = 0; ; turn += 1) {
      const posted = await webhook.post(body, stopped.signal);
      if (posted.ok) return log.info(facts, "people were told");
      const pause = PAUSES_MS[turn];
      if (posted.final || pause === undefined || stopped.signal.aborted)
        return log.warn({ ...facts, why: posted.why, tries: turn + 1 }, "people could not be told");
      // A stop ends the pause, and the next try with it.
      await clock.sleep(pause, stopped.signal).catch(() => {});
    }
  }

  /** The task knows its last ten errors; all of them are asked for where there are more. */
  async function causes(task: TaskRecord) {
    if (task.failed === 0) return [];
    const last = task.errors.map((error) => error.code);
    if (task.failed <= last.length) return causesOf(last);
    const days = await reads.failedDays(task.task_id).catch(() => null);
    return causesOf(days ? days.flatMap((day) => (day.error ? [day.error.code] : [])) : last);
  }

  async function givenUp(taskId: string): Promise<Notice | null> {
    for (let look = 0; look < COMMIT_LOOKS; look += 1) {
      await clock.sleep(COMMIT_MS, stopped.signal);
      const task = await reads.task(taskId);
      if (task?.status === "failed") return makeNotice("task_failed", task, await causes(task), place);
    }
    return null;
  }

  return {
    begun(task) {
      if (task.takeovers === 0) return;
      add(async () => {
        const last = (await reads.activity(task.task_id)).findLast(({ action }) => BEGINNINGS.has(action));
        return last?.action === "taken_over" ? makeNotice("task_taken_over", task, [], place) : null;
      });
    },
    ended(task) {
      if (task.status === "failed") add(async () => makeNotice("task_failed", task, await causes(task), place));
      // The first pause in a row only: a disk that stays full all night is one piece of news.
      if (task.status === "paused" && task.pause_reason !== "person" && task.resume_ms !== null && task.pauses <= 1)
        add(async () => makeNotice("task_paused", task, [], place));
      if (task.status === "completed" && task.failed + task.suspect > 0)
        add(async () => makeNotice("task_finished", task, await causes(task), place));
    },
    givenUp(taskIds) {
      for (const taskId of taskIds) add(() => givenUp(taskId));
    },
    async stop() {
      stopping = true;
      const ended = new AbortController();
      const patience = clock.sleep(STOP_MS, ended.signal).then(
        () => stopped.abort(new Error("the server stops")),
        () => {},
      );
      await Promise.race([working, patience]);
      if (working && waiting.length > 0) log.warn({ waiting: waiting.length }, "notices were left unsent by a stop");
      // One that still asks the database, which may not answer, is left to itself: it finds nothing to send to.
      waiting.length = 0;
      ended.abort(new Error("ended"));
      await webhook.close();
    },
  };
}
