import { randomUUID } from "node:crypto";
import type { SyncState } from "@/lib/contract/events";
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
  let snapshot: Snapshot = { current: null, last: null, instances: [] };
  let database: SyncState["database"] = { ok: false, since: instantIn(zone, Date.now()) };
  let emitTimer: NodeJS.Timeout | null = null;
  let lookTimer: NodeJS.Timeout | null = null;
  let coverageTimer: NodeJS.Timeout | null = null;
  let looking: Promise<void> | null = null;
  let closed = false;
  /** Deltas of a task that runs elsewhere: how far its watchers here were told. */
  let told: { taskId: string; daysSeq: number } | null = null;

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
    try {
      snapshot = await reads.snapshot(instance, broadcast.watching());
      database = { ok: true, ms: Math.round(performance.now() - begun) };
      await tellDaysFromElsewhere();
    } catch (error) {
      if (database.ok) database = { ok: false, since: instantIn(zone, Date.now()) };
      log.warn({ err: error instanceof Error ? error.message : String(error) }, "the state could not be read");
    }
    emitSoon();
  }

  async function tellDaysFromElsewhere(): Promise<void> {
    const task = snapshot.current ?? snapshot.last;
    if (!task || options.current()) return;
    if (told?.taskId !== task.task_id) told = { taskId: task.task_id, daysSeq: task.days_seq };
    if (task.days_seq <= told.daysSeq) return;
    for (const delta of await reads.daysSince(task.task_id, told.daysSeq)) {
      broadcast.days({ task_id: task.task_id, ...delta });
      told.daysSeq = delta.days_seq;
    }
    hintCoverage(task.start_date, task.end_date);
  }

  /** Coverage is read whole, so it is hinted at less often than days are told. */
  function hintCoverage(from: Day, to: Day): void {
    if (coverageTimer || closed) return;
    coverageTimer = setTimeout(() => {
      coverageTimer = null;
      broadcast.coverage({ from, to });
    }, COVERAGE_EVERY_MS);
  }

  function lookNow(): Promise<void> {
    looking ??= look().finally(() => {
      looking = null;
    });
    return looking;
  }

  function schedule(): void {
    if (closed) return;
    lookTimer = setTimeout(() => void lookNow().then(schedule), LOOK_EVERY_MS);
  }

  const events: SyncEvents = {
    taskChanged() {
      emitSoon();
      const mine = options.current();
      if (mine && told?.taskId !== mine.task_id) told = { taskId: mine.task_id, daysSeq: mine.days_seq };
      // A task that ended here: what it came to, and its last delta, are in the database.
      if (!mine) void lookNow();
    },
    daysChanged(taskId: string, daysSeq: number, days: TaskDay[]) {
      told = { taskId, daysSeq };
      broadcast.days({ task_id: taskId, days_seq: daysSeq, days });
      const mine = options.current();
      if (mine) hintCoverage(mine.start_date, mine.end_date);
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
