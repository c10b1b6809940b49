import type { Fact, TaskErrorCode } from "@/lib/contract/problem";
import { whileAway } from "./away";
import { LeaseLostError, wordsOf } from "./errors";
import { keepLease } from "./lease-keeper";
import type { LeaseStore, WorkSession } from "./ports";
import { type RunOptions, runTask } from "./run-task";
import type { RunTracker } from "./run-tracker";
import type { TaskRecord } from "./task-record";

export interface LeasedRunOptions extends RunOptions {
  lease: LeaseStore;
  openSession(epoch: number): WorkSession;
  leaseTtlMs: number;
}

/** A task at work under its lease. */
export interface LeasedRun {
  /** The task as it stands at this moment. */
  record(): TaskRecord;
  /** Fetches nothing more, stores what is fetched, and leaves the task to be gone on with. */
  drain(): void;
  /** Null while days are in work; once the last words are on their way to the database, settles when they have arrived. */
  ending(): Promise<void> | null;
  /** Rolls back what is in work. */
  abort(): void;
  /** Settles when the last connection is closed; never rejects. */
  ended: Promise<void>;
}

/** Runs a claimed task from here to the release of its lease, on every road; `onReleased` is called once, before the connections close. */
export function startLeasedRun(options: LeasedRunOptions, task: TaskRecord, onReleased: () => void): LeasedRun {
  const { clock, log, lease } = options;
  const { task_id } = task;
  const epoch = task.epoch as number;
  const draining = new AbortController();
  const aborted = new AbortController();
  const away = { clock, log, taskId: task_id, signal: aborted.signal };
  let tracker: RunTracker | null = null;
  let finishing: Promise<void> | null = null;
  let released = false;
  let lost = false;

  function release(): void {
    if (released) return;
    released = true;
    onReleased();
  }

  async function work(): Promise<void> {
    const session = options.openSession(epoch);
    const lose = (error: unknown) => loseTo(session, error);
    const keeper = keepLease({ clock, lease, epoch, ttlMs: options.leaseTtlMs, log, onLost: lose });
    try {
      const result = await runTask(options, {
        task,
        session,
        signal: aborted.signal,
        draining: draining.signal,
        onFailure: lose,
        onTracked(begun) {
          tracker = begun;
        },
      });
      keeper.stop();
      if (draining.signal.aborted) return await handBack();
      await (finishing = finish(session, { status: "completed", error: null, ...result }));
    } catch (error) {
      keeper.stop();
      if (error instanceof LeaseLostError || aborted.signal.reason instanceof LeaseLostError) {
        log.warn({ task_id, epoch, err: wordsOf(error) }, "lease lost, nothing more is written");
        lose(error);
      } else if (draining.signal.aborted) {
        await handBack();
      } else {
        log.error({ task_id, err: error }, "sync could not go on");
        await (finishing = finish(session, { status: "failed", error: taskError(error), rejudged: [] }));
      }
    } finally {
      await session.close().catch(() => {});
    }
  }

  /** Ends the work at once: a connection that hangs would hold up the last words of the run, and may still carry rows. */
  function loseTo(session: WorkSession, error: unknown): void {
    if (lost) return;
    lost = true;
    aborted.abort(error);
    session.destroy();
  }

  /** Without renewals, for the fence decides: as long as nobody took over, the task can still be ended by its holder. */
  async function finish(session: WorkSession, end: Parameters<WorkSession["finish"]>[1]): Promise<void> {
    const done = await whileAway(away, () => session.finish(task_id, end));
    release();
    const seconds = Math.round(((done.finished_ms ?? 0) - (done.started_ms ?? 0)) / 1000);
    const { status, success, failed, skipped, rows } = done;
    log.info({ task_id, status, success, failed, skipped, rows, seconds }, "sync ended, lease released");
  }

  /** A clean stop: the task is left interrupted and the lease free, so that another instance goes on at once. */
  async function handBack(): Promise<void> {
    await whileAway(away, () => lease.interrupt(task_id, epoch));
    log.info({ task_id }, "sync interrupted by a stop, lease released");
  }

  const { start_date, end_date, started_by } = task;
  log.info({ task_id, epoch, start_date, end_date, started_by }, "sync started");
  const ended = work()
    .catch((error: unknown) => log.error({ task_id, err: wordsOf(error) }, "sync left its task behind"))
    .finally(release);

  return {
    ending: () => finishing,
    record: () => tracker?.record() ?? task,
    drain: () => draining.abort(new Error("the server stops")),
    abort: () => aborted.abort(new Error("the server stops")),
    ended,
  };
}

function taskError(error: unknown): Fact<TaskErrorCode> {
  return { code: "internal_error", params: { detail: wordsOf(error) } };
}
