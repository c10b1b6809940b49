import { dayIn } from "@/lib/contract/instant";
import type { Clock, Log } from "@/server/sync/ports";
import type { Source } from "@/server/sync/source-ports";
import type { FireKey, RecentFire, ScheduleRecord, ScheduleStore } from "@/server/sync/schedule-ports";
import { type ScheduledStart, type ScheduleRequestOptions, scheduledStart } from "./schedule-request";
import { createFaultLog } from "@/server/sync/trying/fault-log";
import { dueFires } from "@/server/sync/time/schedule-times";
import { heldBecause } from "./schedule-views";
import type { SyncManager } from "@/server/sync/run/sync-manager";

/** Often enough for a minute, and so seldom that a jump of the clock is found late by seconds only. */
const LOOK_EVERY_MS = 20_000;
/** When a day that was not published is asked for again. */
const ASK_AGAIN_MS = 30 * 60_000;
/** Between the people who press buttons. */
const PRIORITY = 5;

export interface SchedulerOptions extends ScheduleRequestOptions {
  clock: Clock;
  log: Log;
  source: Pick<Source, "sample">;
  store: ScheduleStore;
  manager: Pick<SyncManager, "start">;
  /** SCHEDULE_ENABLED and SCHEDULE_IF_BUSY. */
  enabled: boolean;
  ifBusy: "queue" | "skip";
  /** A schedule was changed or has fired, here or on another instance. */
  onChanged(): void;
}

/**
 * Looks now and then which fires are due by the clock of the exchange. No timer is set for a moment of its own, so a restart,
 * a jump of the clock or a change of the time leaves nothing behind; that each fires once is for the database to see to.
 */
export function createScheduler(options: SchedulerOptions) {
  const { clock, log, store, calendar } = options;
  const { zone } = calendar;
  const held = heldBecause(options);
  const faults = createFaultLog(log, "could not look for due schedules");
  const stopped = new AbortController();
  let looping: Promise<void> = Promise.resolve();
  let looking: Promise<void> | null = null;
  /** The schedules as they were last seen: a difference is told to the watchers. */
  let seen: string | null = null;

  async function look(): Promise<void> {
    try {
      const schedules = await store.schedules();
      tellChanges(schedules);
      if (held === "sample") await store.hold(clock.now());
      let hasActed = false;
      for (const schedule of schedules) if (held === null && schedule.enabled) hasActed = (await fireAll(schedule)) || hasActed;
      if (hasActed) tellChanges(await store.schedules());
      faults.passed();
    } catch (error) {
      if (!stopped.signal.aborted) faults.failed(error);
    }
  }

  function tellChanges(schedules: ScheduleRecord[]): void {
    const now = JSON.stringify(schedules);
    if (seen !== null && seen !== now) options.onChanged();
    seen = now;
  }

  async function fireAll(schedule: ScheduleRecord): Promise<boolean> {
    let hasActed = false;
    for (const { local_date, isMissed } of dueFires(schedule, clock.now(), zone)) {
      if (stopped.signal.aborted) return hasActed;
      const key: FireKey = { schedule_id: schedule.id, local_date, at_ms: clock.now() };
      if (isMissed) await record(key, "missed");
      else await fire(key);
      hasActed = true;
    }
    const open = schedule.fires.find((one) => one.unpublished_ms !== null);
    if (open) hasActed = (await askAgain(open)) || hasActed;
    return hasActed;
  }

  async function fire(key: FireKey): Promise<void> {
    const found = await scheduledStart(key.schedule_id, key.local_date, options);
    if ("nothing" in found) await record(key, found.nothing);
    else await start(found.start, key);
  }

  async function record({ schedule_id, local_date, at_ms }: FireKey, outcome: "missed" | "closed_day" | "nothing_missing") {
    const isMine = await store.recordFire({ schedule_id, local_date, at_ms, outcome, task_id: null });
    if (isMine) log.info({ schedule: schedule_id, local_date, outcome }, "schedule fired without a task");
  }

  async function start(asked: ScheduledStart, key: FireKey): Promise<void> {
    const result = await options.manager.start(
      {
        ...asked,
        started_by: null,
        priority: PRIORITY,
        if_busy: options.ifBusy === "queue" ? "queue" : "reject",
        idempotency: null,
      },
      key,
    );
    const about = { schedule: key.schedule_id, local_date: key.local_date, outcome: result.kind };
    if (result.kind === "started" || result.kind === "queued")
      log.info({ ...about, task_id: result.task.task_id }, key.again ? "day not published yet, asking again" : "schedule fired");
    else if (result.kind === "skipped_busy") log.warn(about, "schedule found no place and was skipped");
    else if (result.kind !== "fired_already" && result.kind !== "stopping") log.warn(about, "schedule could not start");
  }

  /** The task of today's fire found nothing yet: one more waits in the queue for its hour, as long as the day lasts. */
  async function askAgain(fired: RecentFire): Promise<boolean> {
    const { schedule_id, local_date, task_id, unpublished_ms } = fired;
    const now = clock.now();
    if (task_id === null || unpublished_ms === null) return false;
    const againMs = Math.max(unpublished_ms + ASK_AGAIN_MS, now);
    if (schedule_id !== "daily" || dayIn(zone, againMs) !== local_date) return false;
    const found = await scheduledStart(schedule_id, local_date, options);
    if ("nothing" in found) return false;
    await start(found.start, { schedule_id, local_date, at_ms: now, again: { after: task_id, not_before_ms: againMs } });
    return true;
  }

  function lookNow(): Promise<void> {
    looking ??= look().finally(() => {
      looking = null;
    });
    return looking;
  }

  /** A look under way may have missed what was changed just now. */
  async function lookAfresh(): Promise<void> {
    await looking;
    if (!stopped.signal.aborted) await lookNow();
  }

  async function looksOn(): Promise<void> {
    for (;;) {
      await lookNow();
      await clock.sleep(LOOK_EVERY_MS, stopped.signal);
    }
  }

  return {
    /** Begins to look; the database must be ready. */
    open(): void {
      // Ends by the abort of its sleep.
      looping = looksOn().catch(() => {});
    },
    lookAfresh,
    /** Starts nothing more; settles when nothing is under way. */
    async stop(): Promise<void> {
      stopped.abort(new Error("stopped"));
      await looping;
      await looking;
    },
  };
}

export type Scheduler = ReturnType<typeof createScheduler>;
