import type { TaskCommand } from "@/lib/contract/task-rules";
import { type LeasedRun, type LeasedRunOptions, startLeasedRun } from "./leased-run";
import type { Commanded, TaskCommands } from "@/server/sync/command-ports";
import type { TaskReader } from "@/server/sync/ports";
import type { FireKey, FireOver } from "@/server/sync/schedule-ports";
import { newTaskOf, type StartRequest, type StartResult } from "@/server/sync/task/start-request";
import type { TaskRecord } from "@/server/sync/task/task-record";
import { createTurns } from "./in-turn";

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
  /** Every claim on its way, also of those that may wait in the queue: a stop waits for them all. */
  const claims = new Set<Promise<unknown>>();
  const inTurn = createTurns();
  let stopping = false;
  /** The stop has waited long enough for the days in work. */
  let isTimeUp = false;
  /** Of the last run that began here: an epoch is run once. */
  let lastEpoch: number | null = null;

  /** The running task of this instance as it stands at this moment. */
  function current(): TaskRecord | null {
    return running?.record() ?? null;
  }

  function start(request: StartRequest): Promise<StartResult>;
  function start(request: StartRequest, fire: FireKey): Promise<StartResult | FireOver>;
  async function start(request: StartRequest, fire?: FireKey): Promise<StartResult | FireOver> {
    for (;;) {
      if (stopping) return { kind: "stopping" };
      if (running) {
        if (await endsSoon(running)) continue;
        // What may wait, or was asked before under its key, is for the database to say.
        if (request.if_busy === "queue" || request.idempotency || fire) return claimStart(request, fire);
        const mine = current();
        if (mine) return { kind: "busy", task: mine };
      } else {
        if (!claiming) break;
        await claiming.catch(() => {});
      }
    }
    const claim = claimStart(request, fire);
    claiming = claim;
    let result: StartResult | FireOver;
    try {
      result = await claim;
    } finally {
      claiming = null;
    }
    // What waits in front, or waits now, need not wait for the next look.
    if (result.kind === "queued" || (result.kind === "busy" && result.task.status === "queued")) void dispatch().catch(() => {});
    return result;
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

  function claimStart(request: StartRequest, fire?: FireKey): Promise<StartResult | FireOver> {
    return onItsWay(inTurn(() => claimOnce(request, fire)));
  }

  function onItsWay<T>(claim: Promise<T>): Promise<T> {
    claims.add(claim);
    const over = () => void claims.delete(claim);
    claim.then(over, over);
    return claim;
  }

  async function claimOnce(request: StartRequest, fire?: FireKey): Promise<StartResult | FireOver> {
    if (stopping) return { kind: "stopping" };
    if (source.sample && !options.settings.sampleIntoExisting && (await reader.holdsRealRows()))
      return { kind: "sample_into_existing" };
    const task = newTaskOf(request, source.name, options.fingerprint);
    for (let look = 1; ; look += 1) {
      const claim = await lease.claimNew(task, fire);
      if (claim.kind === "claimed") {
        launch(claim.task);
        return { kind: "started", task: claim.task };
      }
      if (claim.kind === "queued") events.queueChanged();
      if (claim.kind !== "busy") return claim;
      const other = await reader.task(claim.taskId);
      if (other && (look >= BUSY_LOOKS || other.finished_ms === null)) return { kind: "busy", task: other };
      if (look >= BUSY_LOOKS) throw new Error(`task ${claim.taskId} is in the way and cannot be read: look for it in sync_task`);
    }
  }

  /** Claims what runs next, if anything waits. Called every two seconds, at boot and when something was put in the queue. */
  async function dispatch(): Promise<void> {
    if (stopping || running || claiming) return;
    const claim = onItsWay(lease.claimNext());
    claiming = claim;
    try {
      const task = await claim;
      if (task) launch(task);
    } finally {
      claiming = null;
    }
  }

  function launch(task: TaskRecord): void {
    // A hand-over whose answer came late: a start was told of the same lease in between.
    if (task.epoch === lastEpoch) return;
    lastEpoch = task.epoch;
    const run = startLeasedRun(options, task, (next) => {
      // The lease is free, handed over, or somebody else's: from here on the next start is welcome.
      // Where a start was quicker than the end's own answer, the next run stands here already.
      if (running === run) running = null;
      events.taskChanged();
      events.coverageChanged(task.start_date, task.end_date);
      if (next) launch(next);
    });
    running = run;
    endings.add(run.ended);
    void run.ended.then(() => endings.delete(run.ended));
    // Claimed or handed over while the server stops: others go on with it.
    if (stopping) run.drain();
    if (isTimeUp) run.abort();
    events.queueChanged();
  }

  /** Cancels, pauses or resumes a task, whoever runs it: here it is heeded at once, elsewhere within a second or two. */
  async function command(taskId: string, wanted: TaskCommand, by: string | null): Promise<Commanded> {
    const result = await options.commands.command(taskId, wanted, by);
    return carriedOut(result, () => {
      if (result.kind !== "done" || running?.record().task_id !== taskId) return;
      const { status, paused_by, cancelled_by } = result.task;
      if (status === "cancelling") running.heed({ wish: "cancel", by: cancelled_by });
      if (status === "pausing") running.heed({ wish: "pause", by: paused_by });
    });
  }

  /** Another instance gave a command: the holder heeds it at once instead of by its next look. */
  function lookForCommand(taskId: string): void {
    if (running?.record().task_id === taskId) running.lookForWish();
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
    events.queueChanged();
    if (result.task.status === "queued") void dispatch().catch(() => {});
    return result;
  }

  /** Ends the work of this instance: the days in work are finished or rolled back, the task is left to be gone on with. */
  async function stop(): Promise<void> {
    stopping = true;
    // At once: a claim on its way may take as long as the database does, and would else cost the day its time.
    running?.drain();
    const timer = new AbortController();
    clock.sleep(DRAIN_MS, timer.signal).then(
      () => {
        isTimeUp = true;
        running?.abort();
      },
      () => {},
    );
    await Promise.allSettled(claims);
    // The end of one run may have handed over to another.
    while (endings.size > 0) await Promise.all(endings);
    timer.abort(new Error("stopped"));
  }

  return { start, dispatch, command, lookForCommand, reprioritise, dequeue, current, stop };
}

export type SyncManager = ReturnType<typeof createSyncManager>;
