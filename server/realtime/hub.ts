import { randomUUID } from "node:crypto";
import type { CoverageChanged, SyncDays, SyncState } from "@/lib/contract/events";
import { instantIn } from "@/lib/contract/instant";
import type { Day } from "@/lib/contract/day";
import type { TaskDay } from "@/lib/contract/task";
import type { Log, SyncEvents } from "@/server/sync/ports";
import { toProgress } from "@/server/sync/progress";
import type { Instance, Reads, Snapshot } from "@/server/sync/reads";
import type { TaskRecord } from "@/server/sync/task-record";
import type { Broadcast } from "./socket-server";

/** At most four states a second, and the database is asked every two seconds whatever happens. */
const EMIT_EVERY_MS = 250;
const LOOK_EVERY_MS = 2_000;
const COVERAGE_EVERY_MS = 1_000;
/** A database that is silent for so long is away for those who watch, whatever becomes of the question. */
const SILENT_AFTER_MS = 5_000;

export interface HubOptions {
  reads: Pick<Reads, "snapshot" | "daysSince">;
  /** The running task of this instance, from memory; null where another instance runs it. */
  current(): TaskRecord | null;
  today(): Day;
  instance: Instance;
  zone: string;
  broadcast: Broadcast;
  log: Log;
}

/**
 * Current state for everybody who watches this instance: whole, latest wins. What runs here is told from memory at once;
 * what runs elsewhere, and what is finished, comes from the database, where every instance sees the same.
 */
export function createHub(options: HubOptions) {
  const { reads, instance, zone, broadcast, log } = options;
  const bootId = randomUUID();
  let seq = 0;
  let snapshot: Snapshot = { current: null, last: null, queue: { tasks: [], count: 0 }, instances: [] };
  let database: SyncState["database"] = { ok: false, since: instantIn(zone, Date.now()) };
  let emitTimer: NodeJS.Timeout | null = null;
  let lookTimer: NodeJS.Timeout | null = null;
  let coverageTimer: NodeJS.Timeout | null = null;
  let hinted: CoverageChanged | null = null;
  let looking: Promise<void> | null = null;
  let closed = false;
  /** How far the watchers here were told of the days of the running and the last task; null before the first look. */
  let told: Map<string, number> | null = null;

  function state(): SyncState {
    const now = Date.now();
    const current = options.current() ?? snapshot.current;
    return {
      boot_id: bootId,
      seq,
      server_time: instantIn(zone, now),
      today: options.today(),
      current: current ? toProgress(current, zone, now) : null,
      last: snapshot.last ? toProgress(snapshot.last, zone, now) : null,
      queue: { tasks: snapshot.queue.tasks.map((task) => toProgress(task, zone, now)), count: snapshot.queue.count },
      instances: snapshot.instances,
      watching: broadcast.watching(),
      database,
    };
  }

  /** The last change always gets out; changes in between are one. */
  function emitSoon(): void {
    if (emitTimer || closed) return;
    emitTimer = setTimeout(() => {
      emitTimer = null;
      seq += 1;
      broadcast.state(state());
    }, EMIT_EVERY_MS);
  }

  async function look(): Promise<void> {
    const begun = performance.now();
    const silence = setTimeout(() => {
      markAway();
      emitSoon();
    }, SILENT_AFTER_MS);
    try {
      snapshot = await reads.snapshot(instance, broadcast.watching());
      database = { ok: true, ms: Math.round(performance.now() - begun) };
      await tellDaysFromElsewhere();
    } catch (error) {
      markAway();
      log.warn({ err: error instanceof Error ? error.message : String(error) }, "the state could not be read");
    } finally {
      clearTimeout(silence);
    }
    emitSoon();
  }

  function markAway(): void {
    if (database.ok) database = { ok: false, since: instantIn(zone, Date.now()) };
  }

  /** Whatever the watchers here were not told yet: days of other instances, and the last days of any task. */
  async function tellDaysFromElsewhere(): Promise<void> {
    const mine = options.current()?.task_id;
    const tasks = [snapshot.last, snapshot.current].filter((task) => task !== null);
    // Who comes new reads the days by REST; only what happens from now on is told.
    told ??= new Map(tasks.map((task) => [task.task_id, task.days_seq]));
    for (const task of tasks) {
      if (task.task_id !== mine && task.days_seq > (told.get(task.task_id) ?? 0)) await tellRest(told, task.task_id);
    }
    for (const taskId of told.keys()) {
      if (taskId === mine || tasks.some((task) => task.task_id === taskId)) continue;
      // Another task took its place between two looks: its last days, and then it is history.
      await tellRest(told, taskId);
      told.delete(taskId);
    }
  }

  async function tellRest(soFar: Map<string, number>, taskId: string): Promise<void> {
    for (const delta of await reads.daysSince(taskId, soFar.get(taskId) ?? 0)) {
      tell({ task_id: taskId, ...delta });
      soFar.set(taskId, delta.days_seq);
    }
  }

  function tell(delta: SyncDays): void {
    broadcast.days(delta);
    const dates = delta.days.map((day) => day.date).sort();
    const [from, to] = [dates[0], dates.at(-1)];
    if (from && to) hintCoverage(from, to);
  }

  /** Coverage is read whole, so it is hinted at less often than days are told: the hints of a second become one range. */
  function hintCoverage(from: Day, to: Day): void {
    if (closed) return;
    hinted = hinted ? { from: from < hinted.from ? from : hinted.from, to: to > hinted.to ? to : hinted.to } : { from, to };
    coverageTimer ??= setTimeout(() => {
      coverageTimer = null;
      if (hinted) broadcast.coverage(hinted);
      hinted = null;
    }, COVERAGE_EVERY_MS);
  }

  function lookNow(): Promise<void> {
    looking ??= look().finally(() => {
      looking = null;
    });
    return looking;
  }

  /** A look under way may have missed what just happened. */
  async function lookAfresh(): Promise<void> {
    await looking;
    if (!closed) await lookNow();
  }

  function schedule(): void {
    if (closed) return;
    lookTimer = setTimeout(() => void lookNow().then(schedule), LOOK_EVERY_MS);
  }

  const events: SyncEvents = {
    taskChanged() {
      // A task that ended here: what it came to, and its last delta, are in the database.
      if (options.current()) emitSoon();
      else void lookAfresh();
    },
    queueChanged() {
      // What waits is known to the database alone; what runs here is told from memory meanwhile.
      if (options.current()) emitSoon();
      void lookAfresh();
    },
    daysChanged(taskId: string, daysSeq: number, days: TaskDay[]) {
      told?.set(taskId, daysSeq);
      tell({ task_id: taskId, days_seq: daysSeq, days });
    },
    coverageChanged(from: Day, to: Day) {
      broadcast.coverage({ from, to });
    },
  };

  return {
    events,
    state,
    /** Reads the database once and then every two seconds. */
    async open(): Promise<void> {
      await lookNow();
      schedule();
    },
    /** Somebody came or went. */
    watchersChanged: emitSoon,
    databaseMs: () => (database.ok ? database.ms : null),
    async close(): Promise<void> {
      closed = true;
      if (lookTimer) clearTimeout(lookTimer);
      if (emitTimer) clearTimeout(emitTimer);
      if (coverageTimer) clearTimeout(coverageTimer);
      await looking;
    },
  };
}
