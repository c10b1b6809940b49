import { countDays, type Day } from "@/lib/contract/day";
import type { TaskType } from "@/lib/contract/task";
import { type LeasedRun, type LeasedRunOptions, startLeasedRun } from "./leased-run";
import type { TaskCommand } from "@/lib/contract/task-rules";
import type { Commanded, TaskCommands, TaskReader } from "./ports";
import type { NewTask, TaskOptions, TaskRecord } from "./task-record";

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
  /** 0–9, 9 runs first. */
  priority: number;
  if_busy: "reject" | "queue";
  idempotency: NewTask["idempotency"];
}

export type StartResult =
  | { kind: "started"; task: TaskRecord }
  | { kind: "queued"; task: TaskRecord }
  /** The same request under the same key came before: this is its task. */
  | { kind: "replayed"; task: TaskRecord }
  /** Expected refusals are values: the task that runs, or the sample market in front of real rows. */
  | { kind: "busy"; task: TaskRecord }
  | { kind: "sample_into_existing" }
  | { kind: "queue_full" }
  | { kind: "key_reused" }
  | { kind: "stopping" };

export interface SyncManagerOptions extends LeasedRunOptions {
  reader: TaskReader;
  commands: TaskCommands;
  /** What must be equal on all instances of one database: source, calendar, table. */
  fingerprint: string;
}

/** On a clean stop the day in work may take this long to finish before it is rolled back. */
const DRAIN_MS = 10_000;
/** How long a start waits for the last words of the task before it. */
const ENDING_MS = 2_000;
/** How often a start looks again when the task in its way ended between the refusal and the look. */
const BUSY_LOOKS = 3;

/** The one place where a sync begins: button, curl, schedule and takeover all come through here. One runs at a time. */
export function createSyncManager(options: SyncManagerOptions) {
  const { clock, log, lease, reader, source, events } = options;
  let running: LeasedRun | null = null;
  /** Runs that still close their connections, the running one included. */
  const endings = new Set<Promise<void>>();
  /** A claim on its way: whoever comes meanwhile waits for its result instead of asking the database too. */
  let claiming: Promise<unknown> | null = null;
  let stopping = false;

  /** The running task of this instance as it stands at this moment. */
  function current(): TaskRecord | null {
    return running?.record() ?? null;
  }

  async function start(request: StartRequest): Promise<StartResult> {
    for (;;) {
      if (stopping) return { kind: "stopping" };
      if (running) {
        if (await endsSoon(running)) continue;
        // What may wait, or was asked before under its key, is for the database to say.
        if (request.if_busy === "queue" || request.idempotency) return claimStart(request);
        const mine = current();
        if (mine) return { kind: "busy", task: mine };
      } else {
        if (!claiming) break;
        await claiming.catch(() => {});
      }
    }
    const claim = claimStart(request);
    claiming = claim;
    try {
      return await claim;
    } finally {
      claiming = null;
    }
  }

  /** The database may call the task completed a moment before this process knows: who saw that may start at once. */
  async function endsSoon(run: LeasedRun): Promise<boolean> {
    const ending = run.ending();
    if (!ending) return false;
    const timer = new AbortController();
    await Promise.race([ending, clock.sleep(ENDING_MS, timer.signal)]).catch(() => {});
    timer.abort(new Error("ended"));
    return running !== run;
  }

  async function claimStart(request: StartRequest): Promise<StartResult> {
    if (source.sample && !options.settings.sampleIntoExisting && (await reader.holdsRealRows()))
      return { kind: "sample_into_existing" };
    const task = newTask(request);
    for (let look = 1; ; look += 1) {
      const claim = await lease.claimNew(task);
      if (claim.kind === "claimed") {
        launch(claim.task);
        return { kind: "started", task: claim.task };
      }
      if (claim.kind === "queued") events.taskChanged();
      if (claim.kind !== "busy") return claim;
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
      priority: request.priority,
      mayWait: request.if_busy === "queue",
      idempotency: request.idempotency,
    };
  }

  /** Claims what runs next, if anything waits. Called every two seconds, at boot and when something was put in the queue. */
  async function dispatch(): Promise<void> {
    if (stopping || running || claiming) return;
    const claim = lease.claimNext();
    claiming = claim;
    try {
      const task = await claim;
      if (task) launch(task);
    } finally {
      claiming = null;
    }
  }

  function launch(task: TaskRecord): void {
    const run = startLeasedRun(options, task, (next) => {
      // The lease is free, handed over, or somebody else's: from here on the next start is welcome.
      running = null;
      events.taskChanged();
      events.coverageChanged(task.start_date, task.end_date);
      if (next) launch(next);
    });
    running = run;
    endings.add(run.ended);
    void run.ended.then(() => endings.delete(run.ended));
    events.taskChanged();
  }

  /** Cancels, pauses or resumes a task, whoever runs it: here it is heeded at once, elsewhere within a second or two. */
  async function command(taskId: string, wanted: TaskCommand, by: string | null): Promise<Commanded> {
    const result = await options.commands.command(taskId, wanted, by);
    return carriedOut(result, () => {
      if (result.kind !== "done" || running?.record().task_id !== taskId) return;
      if (result.task.status === "cancelling") running.heed("cancel");
      if (result.task.status === "pausing") running.heed("pause");
    });
  }

  async function reprioritise(taskId: string, priority: number, by: string | null): Promise<Commanded> {
    return carriedOut(await options.commands.reprioritise(taskId, priority, by));
  }

  async function dequeue(taskId: string, by: string | null): Promise<Commanded> {
    return carriedOut(await options.commands.dequeue(taskId, by));
  }

  function carriedOut(result: Commanded, atOnce: () => void = () => {}): Commanded {
    if (result.kind !== "done") return result;
    log.info({ task_id: result.task.task_id, status: result.task.status, priority: result.task.priority }, "command carried out");
    atOnce();
    events.taskChanged();
    if (result.task.status === "queued") void dispatch().catch(() => {});
    return result;
  }

  /** Ends the work of this instance: the days in work are finished or rolled back, the task is left to be gone on with. */
  async function stop(): Promise<void> {
    stopping = true;
    await claiming?.catch(() => {});
    const run = running;
    const timer = new AbortController();
    if (run) {
      run.drain();
      clock.sleep(DRAIN_MS, timer.signal).then(run.abort, () => {});
    }
    await Promise.all(endings);
    timer.abort(new Error("stopped"));
  }

  return { start, dispatch, command, reprioritise, dequeue, current, stop };
}

export type SyncManager = ReturnType<typeof createSyncManager>;
