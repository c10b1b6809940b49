import { countDays } from "@/lib/contract/day";
import type { Fact, TaskErrorCode } from "@/lib/contract/problem";
import { whileAway } from "./away";
import { LeaseLostError } from "./errors";
import { keepLease } from "./lease-keeper";
import type { LeaseStore, TaskReader, WorkSession } from "./ports";
import { type RunOptions, runTask } from "./run-task";
import type { RunTracker } from "./run-tracker";
import type { NewTask, TaskOptions, TaskRecord } from "./task-record";
import type { Day } from "@/lib/contract/day";
import type { TaskType } from "@/lib/contract/task";

/** What a start asks for: a range, or exactly these days (`days`, sorted). */
export interface StartRequest {
  task_type: TaskType;
  start_date: Day;
  end_date: Day;
  days?: Day[];
  force: boolean;
  accept_incomplete: boolean;
  order: "asc" | "desc";
  started_by: string | null;
}

export type StartResult =
  | { kind: "started"; task: TaskRecord }
  /** Expected refusals are values: the task that runs, or the sample market in front of real rows. */
  | { kind: "busy"; task: TaskRecord }
  | { kind: "sample_into_existing" }
  | { kind: "stopping" };

export interface SyncManagerOptions extends RunOptions {
  lease: LeaseStore;
  reader: TaskReader;
  openSession(epoch: number): WorkSession;
  /** What must be equal on all instances of one database: source, calendar, table. */
  fingerprint: string;
  leaseTtlMs: number;
}

/** On a clean stop the day in work may take this long to finish before it is rolled back. */
const DRAIN_MS = 10_000;
/** How often a start looks again when the task in its way ended between the refusal and the look. */
const BUSY_LOOKS = 3;

interface Running {
  task: TaskRecord;
  tracker: RunTracker | null;
  ended: Promise<void>;
  drain: AbortController;
  abort: AbortController;
  /** The lease is gone and the connections are cut. */
  lost: boolean;
}

/** The one place where a sync begins: button, curl, schedule and takeover all come through here. One runs at a time. */
export function createSyncManager(options: SyncManagerOptions) {
  const { clock, log, lease, reader, source, events } = options;
  let running: Running | null = null;
  /** Runs that still close their connections, the running one included. */
  const endings = new Set<Promise<void>>();
  /** A claim on its way: whoever comes meanwhile waits for its result instead of asking the database too. */
  let claiming: Promise<unknown> | null = null;
  let stopping = false;

  /** The running task of this instance as it stands at this moment. */
  function current(): TaskRecord | null {
    return running ? (running.tracker?.record() ?? running.task) : null;
  }

  async function start(request: StartRequest): Promise<StartResult> {
    for (;;) {
      if (stopping) return { kind: "stopping" };
      const mine = current();
      if (mine) return { kind: "busy", task: mine };
      if (!claiming) break;
      await claiming.catch(() => {});
    }
    const claim = claimStart(request);
    claiming = claim;
    try {
      return await claim;
    } finally {
      claiming = null;
    }
  }

  async function claimStart(request: StartRequest): Promise<StartResult> {
    if (source.sample && !options.settings.sampleIntoExisting && (await reader.holdsRealRows())) return { kind: "sample_into_existing" };
    const task = newTask(request);
    for (let look = 1; ; look += 1) {
      const claim = await lease.claimNew(task);
      if (claim.kind === "claimed") {
        launch(claim.task);
        return { kind: "started", task: claim.task };
      }
      const other = await reader.task(claim.taskId);
      if (other && (look >= BUSY_LOOKS || other.finished_ms === null)) return { kind: "busy", task: other };
      if (look >= BUSY_LOOKS) throw new Error(`task ${claim.taskId} is in the way and cannot be read: look for it in sync_task`);
    }
  }

  function newTask(request: StartRequest): NewTask {
    const taskOptions: TaskOptions = { force: request.force, accept_incomplete: request.accept_incomplete, order: request.order };
    if (request.days) taskOptions.days = request.days;
    return {
      task_type: request.task_type,
      start_date: request.start_date,
      end_date: request.end_date,
      total_days: request.days?.length ?? countDays(request.start_date, request.end_date),
      options: taskOptions,
      source: source.name,
      fingerprint: options.fingerprint,
      started_by: request.started_by,
    };
  }

  /** Goes on with a task whose holder is gone, if there is one. Called every two seconds and at boot. */
  async function takeOver(): Promise<void> {
    if (stopping || running || claiming) return;
    const claim = lease.claimInterrupted(options.fingerprint);
    claiming = claim;
    try {
      const task = await claim;
      if (task) {
        log.info({ task_id: task.task_id, epoch: task.epoch }, "interrupted task taken over");
        launch(task);
      }
    } finally {
      claiming = null;
    }
  }

  function launch(task: TaskRecord): void {
    const run: Running = { task, tracker: null, ended: Promise.resolve(), drain: new AbortController(), abort: new AbortController(), lost: false };
    running = run;
    log.info({ task_id: task.task_id, epoch: task.epoch, start_date: task.start_date, end_date: task.end_date, started_by: task.started_by }, "sync started");
    run.ended = work(run)
      .catch((error: unknown) => log.error({ task_id: task.task_id, err: wordsOf(error) }, "sync left its task behind"))
      .finally(() => {
        leave(run);
        endings.delete(run.ended);
      });
    endings.add(run.ended);
    events.taskChanged();
  }

  /** The lease is free or somebody else's: from here on the next start is welcome. */
  function leave(run: Running): void {
    if (running !== run) return;
    running = null;
    events.taskChanged();
    events.coverageChanged(run.task.start_date, run.task.end_date);
  }

  async function work(run: Running): Promise<void> {
    const { task } = run;
    const epoch = task.epoch as number;
    const session = options.openSession(epoch);
    const keeper = keepLease({ clock, lease, epoch, ttlMs: options.leaseTtlMs, log, onLost: (error) => lose(run, session, error) });
    try {
      const result = await runTask(options, {
        task,
        session,
        signal: run.abort.signal,
        draining: run.drain.signal,
        onFailure: (error) => lose(run, session, error),
        onTracked: (tracker) => {
          run.tracker = tracker;
        },
      });
      if (run.drain.signal.aborted) return await handBack(run, keeper);
      keeper.stop();
      await end(run, session, { status: "completed", error: null, ...result });
    } catch (error) {
      if (error instanceof LeaseLostError || run.abort.signal.reason instanceof LeaseLostError) {
        log.warn({ task_id: task.task_id, epoch, err: wordsOf(error) }, "lease lost, nothing more is written");
        lose(run, session, error);
      } else if (run.drain.signal.aborted) {
        await handBack(run, keeper);
      } else {
        log.error({ task_id: task.task_id, err: error }, "sync could not go on");
        keeper.stop();
        await end(run, session, { status: "failed", error: taskError(error), rejudged: [] });
      }
    } finally {
      keeper.stop();
      await session.close().catch(() => {});
    }
  }

  /** Ends the work at once: a connection that hangs would hold up the last words of the run, and may still carry rows. */
  function lose(run: Running, session: WorkSession, error: unknown): void {
    if (run.lost) return;
    run.lost = true;
    run.abort.abort(error);
    session.destroy();
  }

  async function end(run: Running, session: WorkSession, result: Parameters<WorkSession["finish"]>[1]): Promise<void> {
    // Without renewals, for the fence decides: as long as nobody took over, the task can still be ended by its holder.
    const done = await whileAway(awayOf(run), () => session.finish(run.task.task_id, result));
    leave(run);
    const seconds = Math.round(((done.finished_ms ?? 0) - (done.started_ms ?? 0)) / 1000);
    const { task_id, status, success, failed, skipped, rows } = done;
    log.info({ task_id, status, success, failed, skipped, rows, seconds }, "sync ended, lease released");
  }

  function awayOf(run: Running) {
    return { clock, log, taskId: run.task.task_id, signal: run.abort.signal };
  }

  /** A clean stop: the task is left interrupted and the lease free, so that another instance goes on at once. */
  async function handBack(run: Running, keeper: { stop(): void }): Promise<void> {
    keeper.stop();
    await whileAway(awayOf(run), () => lease.interrupt(run.task.task_id, run.task.epoch as number));
    log.info({ task_id: run.task.task_id }, "sync interrupted by a stop, lease released");
  }

  /** Ends the work of this instance: the days in work are finished or rolled back, the task is left to be gone on with. */
  async function stop(): Promise<void> {
    stopping = true;
    await claiming?.catch(() => {});
    const run = running;
    if (!run) {
      await Promise.all(endings);
      return;
    }
    run.drain.abort(new Error("the server stops"));
    const timer = new AbortController();
    clock.sleep(DRAIN_MS, timer.signal).then(
      () => run.abort.abort(new Error("the server stops")),
      () => {},
    );
    await Promise.all(endings);
    timer.abort(new Error("stopped"));
  }

  return { start, takeOver, current, stop };
}

export type SyncManager = ReturnType<typeof createSyncManager>;

function taskError(error: unknown): Fact<TaskErrorCode> {
  return { code: "internal_error", params: { detail: wordsOf(error) } };
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
