import { randomUUID } from "node:crypto";
import type { SyncState } from "@/lib/contract/events";
import { instantIn } from "@/lib/contract/instant";
import type { Day } from "@/lib/contract/day";
import type { TaskDay } from "@/lib/contract/task";
import { BEAT_EVERY_MS } from "@/server/sync/instances/membership";
import type { Log, SyncEvents } from "@/server/sync/ports";
import { toProgress } from "@/server/sync/asked/progress";
import type { Instance, Reads } from "@/server/sync/asked/reads";
import type { TaskRecord } from "@/server/sync/task/task-record";
import { createFaultLog } from "@/server/sync/trying/fault-log";
import { createDayTeller } from "./day-teller";
import { createRunningTask } from "./running-task";
import { NOTHING_SEEN, tasksOf } from "./seen-tasks";
import { watchRivals } from "./rival-watch";
import type { Broadcast } from "./socket-server";

/** At most four states a second, and so often the database is asked where others tell that something happened. */
const EMIT_EVERY_MS = 250;
/** A look is this instance's sign of life too, so there is one whatever happens. */
const LOOK_EVERY_MS = BEAT_EVERY_MS;

/** A database that is silent for so long is away for those who watch, whatever becomes of the question. */
const SILENT_AFTER_MS = 5_000;

export interface HubOptions {
  reads: Pick<Reads, "snapshot" | "daysSince">;
  /** The running task of this instance, from memory; null where another instance runs it. */
  current(): TaskRecord | null;
  today(): Day;
  lastDueDay(): Day;
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
  let snapshot = NOTHING_SEEN;
  /** When the database was asked last, and when it answered last. */
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let seenAtMs = performance.now();
  let database: SyncState["database"] = { ok: false, since: instantIn(zone, Date.now()) };
  let emitTimer: NodeJS.Timeout | null = null;
  let lookTimer: NodeJS.Timeout | null = null;
  let soonTimer: NodeJS.Timeout | null = null;
  let looking: Promise<void> | null = null;
  let closed = false;
  const days = createDayTeller(reads, broadcast);
  const faults = createFaultLog(log, "the state could not be read");
  const rivals = watchRivals(instance, log);
  const running = createRunningTask(options.current);

  function state(): SyncState {
    const now = Date.now();
    return {
      boot_id: bootId,
      seq,
      server_time: instantIn(zone, now),
      today: options.today(),
      last_due_day: options.lastDueDay(),
      epoch: snapshot.epoch,
      ...tasksOf(running.told(snapshot.current), snapshot, (task) => toProgress(task, zone, now)),
      instances: snapshot.instances.map((seen) => ({ ...seen, renewed_ms_ago: later(seen.renewed_ms_ago) })),
      watching: snapshot.watchingElsewhere + broadcast.watching(),
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
    lookedAtMs = begun;
    const answered = running.lookBegins();
    const silence = setTimeout(() => {
      markAway();
      emitSoon();
    }, SILENT_AFTER_MS);
    try {
      snapshot = await reads.snapshot(instance, broadcast.watching());
      answered();
      seenAtMs = performance.now();
      database = { ok: true, ms: Math.round(seenAtMs - begun) };
      rivals.saw(snapshot.rivals);
      const tasks = [snapshot.last, snapshot.current].filter((task) => task !== null);
      await days.fromElsewhere(tasks, options.current()?.task_id);
      faults.passed();
    } catch (error) {
      markAway();
      faults.failed(error);
    } finally {
      clearTimeout(silence);
    }
    emitSoon();
  }

  function markAway(): void {
    if (database.ok) database = { ok: false, since: instantIn(zone, Date.now()) };
  }

  /** What was so many milliseconds ago when the database was asked is longer ago by now. */
  function later(agoMs: number | null): number | null {
    return agoMs === null ? null : Math.round(agoMs + performance.now() - seenAtMs);
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

  /** Another instance told that something happened: looked at soon, and many words lead to one look. */
  function lookSoon(): void {
    if (soonTimer || closed) return;
    const waitMs = Math.max(0, lookedAtMs + EMIT_EVERY_MS - performance.now());
    soonTimer = setTimeout(() => {
      soonTimer = null;
      void lookAfresh();
    }, waitMs);
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
    daysChanged(taskId: string, daysSeq: number, changed: TaskDay[]) {
      days.fromHere({ task_id: taskId, days_seq: daysSeq, days: changed });
    },
    coverageChanged(from: Day, to: Day) {
      broadcast.coverage({ from, to });
    },
  };

  return {
    events,
    state,
    /** Reads the database once and then every two seconds; not where the server was stopped while it started. */
    async open(): Promise<void> {
      if (closed) return;
      await lookNow();
      schedule();
    },
    /** Somebody came or went. */
    watchersChanged: emitSoon,
    lookSoon,
    hintCoverage: days.hintCoverage,
    databaseMs: () => (database.ok ? database.ms : null),
    /** The instance of another configuration that keeps this one out, if there is one. */
    rival: rivals.rival,
    /** Until the lease runs out unless it is renewed, as far as the last look knows; null = nobody holds it. */
    leaseLeftMs: () => (snapshot.leaseLeftMs === null ? null : snapshot.leaseLeftMs - (performance.now() - seenAtMs)),
    async close(): Promise<void> {
      closed = true;
      if (lookTimer) clearTimeout(lookTimer);
      if (emitTimer) clearTimeout(emitTimer);
      if (soonTimer) clearTimeout(soonTimer);
      days.close();
      await looking;
    },
  };
}

export type Hub = ReturnType<typeof createHub>;
