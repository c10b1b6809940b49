import type { Schedule, ScheduleChange, ScheduleFire, ScheduleId } from "@/lib/contract/schedule";
import { dayIn, instantIn } from "@/lib/contract/instant";
import type { Clock } from "@/server/sync/ports";
import type { Source } from "@/server/sync/source-ports";
import type { FirePageAsked, FireRecord, ScheduleRecord, ScheduleStore } from "@/server/sync/schedule-ports";
import { FILL_DAYS_BACK, type ScheduledStart, type ScheduleRequestOptions, scheduledStart } from "./schedule-request";
import { nextMoments } from "@/server/sync/time/schedule-times";

/** Next fires that are told, and fires that were. */
const NEXT_SHOWN = 5;
const LAST_SHOWN = 14;

export interface ScheduleViewsOptions extends ScheduleRequestOptions {
  clock: Pick<Clock, "now">;
  source: Pick<Source, "sample">;
  store: ScheduleStore;
  /** SCHEDULE_ENABLED. */
  enabled: boolean;
  onChanged(): void;
}

/** Why schedules do not fire though they are on. The invented market is never scheduled: nobody asked for its prices. */
export function heldBecause(options: { enabled: boolean; source: Pick<Source, "sample"> }): Schedule["held"] {
  return options.source.sample ? "sample" : options.enabled ? null : "disabled";
}

/** What pages and scripts ask about the schedules, and their changes. */
export function createScheduleViews(options: ScheduleViewsOptions) {
  const { clock, calendar, store } = options;
  const { zone } = calendar;
  const held = heldBecause(options);

  function toFire({ schedule_id, local_date, at_ms, outcome, task_id }: FireRecord): ScheduleFire {
    return { schedule_id, local_date, at: instantIn(zone, at_ms), outcome, task_id };
  }

  function toSchedule(record: ScheduleRecord): Schedule {
    const wants = (day: FireRecord["local_date"]) => record.id !== "daily" || calendar.closedReason(day) === null;
    const moments = record.enabled && held === null ? nextMoments(record, NEXT_SHOWN, { nowMs: clock.now(), zone, wants }) : [];
    return {
      id: record.id,
      enabled: record.enabled,
      time: record.time,
      zone,
      days_back: record.id === "daily" ? null : FILL_DAYS_BACK,
      held,
      next: moments.map((moment) => instantIn(zone, moment)),
      last: record.fires.slice(0, LAST_SHOWN).map(toFire),
      changed_by: record.changed_by,
      changed_at: record.changed_ms === null ? null : instantIn(zone, record.changed_ms),
    };
  }

  const list = async (): Promise<Schedule[]> => (await store.schedules()).map(toSchedule);

  return {
    list,

    /** Switches a schedule on or off, or moves it; answers it as it is then. */
    async change(id: ScheduleId, change: ScheduleChange, by: string | null): Promise<Schedule> {
      await store.change(id, change, by, clock.now());
      options.onChanged();
      return (await list()).find((schedule) => schedule.id === id) as Schedule;
    },

    /** What "run now" would start; null = nothing is to be done. Consumes no fire. */
    async runNow(id: ScheduleId): Promise<ScheduledStart | null> {
      const found = await scheduledStart(id, dayIn(zone, clock.now()), options);
      return "start" in found ? found.start : null;
    },

    /** Fires of both schedules, newest first. */
    async fires(page: FirePageAsked): Promise<ScheduleFire[]> {
      return (await store.fires(page)).map(toFire);
    },
  };
}

export type ScheduleViews = ReturnType<typeof createScheduleViews>;
