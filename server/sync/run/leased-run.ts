import { untilWritten } from "./disk-full";
import { LeaseLostError, wordsOf } from "@/server/sync/errors";
import { keepLease } from "./lease-keeper";
import type { LeaseStore } from "@/server/sync/lease-ports";
import type { Notifier } from "@/server/sync/ports";
import type { RunEnd, Wished, WorkSession } from "@/server/sync/session-ports";
import { type Circumstances, endOfBreak, endOfWork, type Ending } from "./run-end";
import { type RunOptions, runTask } from "./run-task";
import type { RunTracker } from "./run-tracker";
import type { TaskRecord } from "@/server/sync/task/task-record";
import { watchWish } from "./wish-watch";

export interface LeasedRunOptions extends RunOptions {
  lease: LeaseStore;
  openSession(epoch: number): WorkSession;
  leaseTtlMs: number;
  /** Absent where nobody is to be told. */
  notifier?: Pick<Notifier, "begun" | "ended">;
}

/** A task at work under its lease. */
export interface LeasedRun {
  /** The task as it stands at this moment. */
  record(): TaskRecord;
  /** Fetches nothing more, stores what is fetched, and leaves the task to be gone on with: the server stops. */
  drain(): void;
  /** Pauses after the day in work, or cancels at once: the day in work is rolled back, finished days stay. */
  heed(wished: Wished): void;
  /** Another instance told that there is a command for the task. */
  lookForWish(): void;
  /** Null while days are in work; once the last words are on their way to the database, settles when they have arrived. */
  ending(): Promise<void> | null;
  /** Rolls back what is in work. */
  abort(): void;
  /** Settles when the last connection is closed; never rejects. */
  ended: Promise<void>;
}

/** The reason with which work ends when the task is cancelled. */
class CancelledError extends Error {
  constructor() {
    super("the task was cancelled");
    this.name = "CancelledError";
  }
}

/**
 * Runs a claimed task from here to the release of its lease, on every road; `onReleased` is called once, before the
 * connections close, with the task that this instance runs next if one was waiting.
 */
export function startLeasedRun(
  options: LeasedRunOptions,
  task: TaskRecord,
  onReleased: (next: TaskRecord | null) => void,
): LeasedRun {
  const { clock, log, lease } = options;
  const { task_id } = task;
  const epoch = task.epoch as number;
  const draining = new AbortController();
  const pausing = new AbortController();
  const aborted = new AbortController();
  /** Aborted when nothing more may be written at all. */
  const silenced = new AbortController();
  const lastWords = { clock, log, taskId: task_id, signal: silenced.signal };
  let tracker: RunTracker | null = null;
  /** Stops what a cancel or the end of a stop makes idle: looks for further wishes, and statements that wait for a lock or on a silent line. */
  let cutWork = () => {};
  let finishing: Promise<void> | null = null;
  let released = false;
  let lost = false;
  let stopping = false;
  let lookForWish = () => {};
  let wished: Wished = { wish: "run", by: null };

  function release(next: TaskRecord | null = null): void {
    if (released) return;
    released = true;
    onReleased(next);
  }

  function heed(asked: Wished): void {
    if (asked.wish === "run" || wished.wish === "cancel" || asked.wish === wished.wish) return;
    wished = asked;
    if (asked.wish === "pause") pausing.abort(new Error("the task is being paused"));
    else {
      aborted.abort(new CancelledError());
      cutWork();
    }
    options.events.taskChanged();
  }

  async function work(): Promise<void> {
    const session = options.openSession(epoch);
    const lose = (error: unknown) => loseTo(session, error);
    const keeper = keepLease({ clock, lease, epoch, ttlMs: options.leaseTtlMs, log, onLost: lose });
    const wishes = watchWish({ clock, log, read: () => session.wish(task_id), onWish: heed });
    lookForWish = wishes.lookNow;
    cutWork = () => {
      wishes.stop();
      session.cut();
    };
    try {
      const result = await runTask(options, {
        task,
        session,
        signal: aborted.signal,
        draining: draining.signal,
        pausing: pausing.signal,
        onFailure: lose,
        onTracked(begun) {
          tracker = begun;
        },
      });
      keeper.stop();
      await carryOut(endOfWork(result, circumstances()), session);
    } catch (error) {
      keeper.stop();
      const ending = endOfBreak(error, circumstances());
      tell(error, ending);
      if (ending.kind === "silenced") lose(error);
      await carryOut(ending, session);
    } finally {
      wishes.stop();
      await session.close().catch(() => {});
    }
  }

  function circumstances(): Circumstances {
    const finished = tracker?.record() ?? task;
    // A finished day begins the count of pauses in a row anew.
    const turn = finished.success + finished.failed > task.success + task.failed ? 1 : task.pauses + 1;
    const isLost = aborted.signal.reason instanceof LeaseLostError;
    return { wish: wished.wish, isStopping: stopping, isLost, turn, nowMs: clock.now() };
  }

  /** Says why work broke off, where that is not what somebody asked for. */
  function tell(error: unknown, ending: Ending): void {
    if (ending.kind === "silenced") log.warn({ task_id, epoch, err: wordsOf(error) }, "lease lost, nothing more is written");
    if (ending.kind !== "last_words") return;
    if (ending.end.status === "paused")
      log.error({ task_id, err: wordsOf(error) }, "no room left in the database, the task pauses");
    if (ending.end.status === "failed") log.error({ task_id, err: error }, "sync could not go on");
  }

  async function carryOut(ending: Ending, session: WorkSession): Promise<void> {
    if (ending.kind === "handed_back") await handBack();
    if (ending.kind !== "last_words") return;
    // The last words go over a line of their own, and what they say is decided.
    finishing = finish(session, ending.end);
    await finishing;
  }

  /** Ends the work at once: a connection that hangs would hold up the last words of the run, and may still carry rows. */
  function loseTo(session: WorkSession, error: unknown): void {
    if (lost) return;
    lost = true;
    silenced.abort(error);
    aborted.abort(error);
    session.destroy();
  }

  /** Without renewals, for the fence decides: as long as nobody took over, the task can still be ended by its holder. */
  async function finish(session: WorkSession, end: Omit<RunEnd, "handOver">): Promise<void> {
    // A cancelled task still has its last words: only the loss of the lease ends the waiting for the database.
    const { task: done, next } = await untilWritten(lastWords, () => session.finish(task_id, { ...end, handOver: !stopping }));
    release(next);
    options.notifier?.ended(done);
    const seconds = Math.round(((done.finished_ms ?? clock.now()) - (done.started_ms ?? 0)) / 1000);
    const { status, success, failed, skipped, rows } = done;
    log.info({ task_id, status, success, failed, skipped, rows, seconds }, "sync ended, lease released");
  }

  /** A clean stop: the task is left interrupted and the lease free, so that another instance goes on at once. */
  async function handBack(): Promise<void> {
    await untilWritten(lastWords, () => lease.interrupt(task_id, epoch));
    log.info({ task_id }, "sync interrupted by a stop, lease released");
  }

  const { start_date, end_date, started_by } = task;
  log.info({ task_id, epoch, start_date, end_date, started_by }, "sync started");
  options.notifier?.begun(task);
  const ended = work()
    .catch((error: unknown) => {
      // Somebody took over just before the last words: the task is theirs.
      if (error instanceof LeaseLostError) log.warn({ task_id, epoch, err: wordsOf(error) }, "lease lost before the last words");
      else log.error({ task_id, err: wordsOf(error) }, "sync left its task behind");
    })
    .finally(() => release());

  return {
    ending: () => finishing,
    record: asWished,
    heed,
    lookForWish: () => lookForWish(),
    drain() {
      stopping = true;
      draining.abort(new Error("the server stops"));
    },
    abort() {
      stopping = true;
      silenced.abort(new Error("the server stops"));
      aborted.abort(new Error("the server stops"));
      cutWork();
    },
    ended,
  };

  /** The task with what was asked of it, before the last word is in the database. */
  function asWished(): TaskRecord {
    const record = tracker?.record() ?? task;
    const { wish, by } = wished;
    if (wish === "run") return record;
    if (wish === "cancel") return { ...record, status: "cancelling", cancelled_by: by };
    return { ...record, status: "pausing", paused_by: by, pause_reason: "person" };
  }
}
