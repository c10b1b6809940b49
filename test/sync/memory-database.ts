import type { Day } from "@/lib/contract/day";
import { isBusy } from "@/lib/contract/task-rules";
import { DatabaseAwayError, LeaseLostError } from "@/server/sync/errors";
import { skippedOutcome } from "@/server/sync/day/outcomes";
import { saysClosed } from "@/server/sync/plan/learnt-closures";
import type { LedgerDay } from "@/server/sync/plan/ledger";
import type { TaskCommands } from "@/server/sync/command-ports";
import type { Clock, TaskReader } from "@/server/sync/ports";
import type { DayWrite, PlannedDay, WorkSession } from "@/server/sync/session-ports";
import type { TaskRecord } from "@/server/sync/task/task-record";
import { type MemoryLease, memoryLeaseStore } from "./memory-lease-store";
import { memoryClosedSources } from "./memory-closed-sources";
import { type MemoryStages, memoryStageStore } from "./memory-stage-store";
import { commandsOn, NO_PAUSE, whatIsNext } from "./memory-commands";

/** What a test may do to the database before a call goes through: throw, wait, or let it pass. */
export interface Faults {
  before(call: string, detail: { date?: Day; signal?: AbortSignal }): Promise<void> | void;
  /** What happens after it went through: a throw is an answer that got lost. */
  after(call: string): void;
}

/** The tables in memory with the rules the domain relies on: one lease, an epoch that fences every write. */
export function createMemoryDatabase(clock: Clock, ttlMs = 15_000) {
  const ledger = new Map<Day, LedgerDay>();
  /** By source. */
  const closedDays = new Map<string, Set<Day>>();
  const closedSources = memoryClosedSources(() => clock.now());
  const tasks = new Map<string, TaskRecord>();
  const plans = new Map<string, PlannedDay[]>();
  const writes: DayWrite[] = [];
  const stages: MemoryStages = new Map();
  const lease: MemoryLease = { epoch: 0, holder: null, expiresMs: 0, taskId: null };
  const faults: Faults = { before: () => {}, after: () => {} };
  /** Resumed tasks that wait, in the order of their resuming. */
  const resumed = new Set<string>();
  const calls: string[] = [];
  const sessions = { open: 0, cut: 0, destroyed: 0 };
  let away = false;

  async function reach(call: string, detail: { date?: Day; signal?: AbortSignal } = {}): Promise<void> {
    await Promise.resolve();
    calls.push(call);
    if (away) throw new DatabaseAwayError(new Error("connection refused"));
    await faults.before(call, detail);
  }

  const live = () => lease.holder !== null && lease.expiresMs > clock.monotonic();

  function fence(epoch: number): void {
    if (lease.epoch !== epoch || !live()) throw new LeaseLostError(`epoch ${epoch} is over`);
  }

  function take(holder: string, taskId: string | null): number {
    Object.assign(lease, { epoch: lease.epoch + 1, holder, taskId, expiresMs: clock.monotonic() + ttlMs });
    return lease.epoch;
  }

  function give(): void {
    Object.assign(lease, { epoch: lease.epoch + 1, holder: null, taskId: null });
  }

  function taskOf(taskId: string): TaskRecord {
    const task = tasks.get(taskId);
    if (!task) throw new Error(`no task ${taskId}`);
    return task;
  }

  function settleSkips(taskId: string, dates: readonly Day[]): void {
    for (const day of plans.get(taskId) ?? []) {
      if (dates.includes(day.date)) day.outcome ??= skippedOutcome(day);
    }
  }

  function setOutcome(taskId: string, outcome: NonNullable<PlannedDay["outcome"]>): void {
    const day = plans.get(taskId)?.find((one) => one.date === outcome.date);
    if (day) day.outcome = outcome;
  }

  function countsOf(taskId: string) {
    const outcomes = (plans.get(taskId) ?? []).flatMap((day) => day.outcome ?? []);
    const of = (status: string) => outcomes.filter((one) => one.status === status).length;
    return { success: of("success"), failed: of("failed"), skipped: of("skipped") };
  }

  /** What runs next under the free lease: interrupted tasks, then resumed ones, then the queue by priority and age. */
  function claimWaiting(holder: string): TaskRecord | null {
    const next = whatIsNext(tasks.values(), resumed, clock.now());
    if (!next) return null;
    resumed.delete(next.task_id);
    next.started_ms ??= clock.now();
    Object.assign(next, NO_PAUSE, { status: "running", epoch: take(holder, next.task_id), holder });
    return { ...next };
  }

  /** A task that is left behind: what was asked of it comes true, else it waits for whoever comes next. */
  function leave(task: TaskRecord): void {
    task.status = task.status === "cancelling" ? "cancelled" : task.status === "pausing" ? "paused" : "interrupted";
    if (task.status === "cancelled") task.finished_ms = clock.now();
  }

  const whoIsInTheWay = () =>
    [...tasks.values()].find((one) => isBusy(one.status)) ?? whatIsNext(tasks.values(), resumed, clock.now());

  const leaseWorld = { clock, ttlMs, lease, tasks, reach, live, take, give, leave, taskOf, whoIsInTheWay, claimWaiting };
  const leaseStoreOf = (holder: string) => memoryLeaseStore(leaseWorld, holder);

  function openSession(epoch: number): WorkSession {
    sessions.open += 1;
    let destroyed = false;
    const reachHere = async (call: string, detail: { date?: Day; signal?: AbortSignal } = {}) => {
      if (destroyed) throw new Error("the pool has ended");
      await reach(call, detail);
      if (destroyed) throw new Error("the connection was cut");
    };
    return {
      async storeDay(taskId, write, signal) {
        await reachHere("storeDay", { date: write.outcome.date, signal });
        signal.throwIfAborted();
        fence(epoch);
        const { encoded, state, confirmed } = write;
        const outcome = { ...write.outcome, duration_ms: write.durationMs() };
        ledger.set(outcome.date, {
          date: outcome.date,
          state,
          rows: encoded.rows,
          checksum: encoded.checksum,
          confirmed,
          source: outcome.source ?? "",
          expected: write.expected,
        });
        closedDays.get(outcome.source ?? "")?.delete(outcome.date);
        settleSkips(taskId, write.skipsBefore);
        setOutcome(taskId, outcome);
        writes.push(write);
      },
      async recordOutcome(taskId, outcome, skipsBefore) {
        await reachHere("recordOutcome", { date: outcome.date });
        fence(epoch);
        settleSkips(taskId, skipsBefore);
        setOutcome(taskId, outcome);
        if (saysClosed(outcome))
          closedDays.set(outcome.source ?? "", new Set([...(closedDays.get(outcome.source ?? "") ?? []), outcome.date]));
      },
      async compareDay(day, encoded, signal) {
        await reachHere("compareDay", { date: day, signal });
        const held = ledger.get(day);
        const changed = held?.checksum === encoded.checksum ? 0 : 1;
        return { added: 0, changed, vanished: 0, held: held?.rows ?? 0, examples: [] };
      },
      async recordComparison(taskId, outcome, _checksum, skipsBefore) {
        await reachHere("recordComparison", { date: outcome.date });
        fence(epoch);
        settleSkips(taskId, skipsBefore);
        setOutcome(taskId, outcome);
      },
      async savePlan(taskId, plan, predicted) {
        await reachHere("savePlan");
        fence(epoch);
        plans.set(
          taskId,
          plan.map((item) => ({ ...item, outcome: null })),
        );
        Object.assign(taskOf(taskId), { total: plan.length, fetch_days: predicted.fetch_days, predicted });
        faults.after("savePlan");
      },
      async loadPlan(taskId) {
        await reachHere("loadPlan");
        return (plans.get(taskId) ?? []).map((day) => ({ ...day }));
      },
      async loadLedger() {
        await reachHere("loadLedger");
        return new Map(ledger);
      },
      async loadClosedDays(source) {
        await reachHere("loadClosedDays");
        return new Set(closedDays.get(source));
      },
      async closedSource(source) {
        await reachHere("closedSource");
        return closedSources.read(source);
      },
      holdsRealRows: async () => [...ledger.values()].some((day) => day.source !== "sample"),
      stage: (taskId) => memoryStageStore(stages, taskId, () => fence(epoch), reachHere),
      async publish(taskId, counts, state, changed) {
        await reachHere("publish");
        fence(epoch);
        const task = taskOf(taskId);
        Object.assign(task, counts, { live: state, seq: task.seq + 1, days_seq: task.days_seq + (changed.length > 0 ? 1 : 0) });
        return { seq: task.seq, days_seq: task.days_seq };
      },
      async finish(taskId, end) {
        await reachHere("finish");
        const lastHolder = lease.holder;
        const task = taskOf(taskId);
        if (lease.epoch !== epoch || lastHolder === null) {
          // Its answer got lost: what it came to stands here.
          if (task.epoch !== epoch || task.status !== end.status) throw new LeaseLostError(`epoch ${epoch} is over`);
          faults.after("finish");
          return { task: { ...task }, next: [...tasks.values()].find((other) => other.epoch === lease.epoch) ?? null };
        }
        if (end.status === "completed")
          settleSkips(
            taskId,
            (plans.get(taskId) ?? []).filter((day) => day.action === "skip").map((day) => day.date),
          );
        for (const { date, state } of end.rejudged) Object.assign(ledger.get(date) ?? {}, { state });
        const status = end.status === "paused" && task.status === "cancelling" ? "cancelled" : end.status;
        const finished_ms = status === "paused" ? null : clock.now();
        if (end.pause?.heardFrom) closedSources.keep(end.pause.heardFrom, end.pause);
        if (end.pause && status === "paused" && task.pause_reason === null) {
          const { reason, detail, resumeMs, turn } = end.pause;
          Object.assign(task, { pause_reason: reason, pause_detail: detail, resume_ms: resumeMs, pauses: turn });
        }
        Object.assign(task, countsOf(taskId), { status, error: end.error, finished_ms, live: null });
        if (status !== "paused") stages.delete(taskId);
        give();
        const done = { ...task };
        const next = end.handOver ? claimWaiting(lastHolder) : null;
        faults.after("finish");
        return { task: done, next };
      },
      async wish(taskId) {
        await reachHere("wish");
        const { status, paused_by, cancelled_by } = taskOf(taskId);
        if (status === "cancelling") return { wish: "cancel", by: cancelled_by };
        return status === "pausing" ? { wish: "pause", by: paused_by } : { wish: "run", by: null };
      },
      cut() {
        sessions.cut += 1;
      },
      async close() {
        sessions.open -= 1;
      },
      destroy() {
        destroyed = true;
        sessions.destroyed += 1;
      },
    };
  }

  const reader: TaskReader = {
    async task(taskId) {
      const task = tasks.get(taskId);
      return task ? { ...task } : null;
    },
    ledger: async () => new Map(ledger),
    closedDays: async (source) => new Set(closedDays.get(source)),
    closedSource: async (source) => closedSources.read(source),
    recentRuns: async () => [],
    holdsRealRows: async () => [...ledger.values()].some((day) => day.source !== "sample" && day.state !== "failed"),
  };

  const commands: TaskCommands = commandsOn({ tasks, resumed, closedSources, now: () => clock.now(), reach });

  return {
    ledger,
    closedDays,
    closedSources,
    tasks,
    plans,
    writes,
    stages,
    lease,
    faults,
    calls,
    sessions,
    reader,
    commands,
    leaseStoreOf,
    openSession,
    /** Days of a task with their outcome so far, as one line each. */
    outcomes: (taskId: string) =>
      (plans.get(taskId) ?? []).map(
        (day) => `${day.date} ${day.outcome ? `${day.outcome.status} ${day.outcome.reason ?? "-"}` : "pending"}`,
      ),
    setAway(value: boolean): void {
      away = value;
    },
  };
}
