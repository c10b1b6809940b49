import type { Day } from "./day";
import type { Instant } from "./instant";
import type { TaskType } from "./task";

/** `daily` syncs today after the close; `fill_missing` fills the gaps of the last calendar days in the morning. */
export const SCHEDULE_IDS = ["daily", "fill_missing"] as const;
export type ScheduleId = (typeof SCHEDULE_IDS)[number];

/** The type of the tasks that a schedule starts. */
export const SCHEDULE_TASK = { daily: "scheduler_daily", fill_missing: "scheduler_missing" } as const satisfies Record<
  ScheduleId,
  TaskType
>;

/**
 * What a fire came to. Only `started` and `queued` have a task: a closed day, nothing missing, a busy console told to skip,
 * and a fire that was missed while everything was down are said and need none.
 */
export const FIRE_OUTCOMES = ["started", "queued", "closed_day", "nothing_missing", "skipped_busy", "missed"] as const;
export type FireOutcome = (typeof FIRE_OUTCOMES)[number];

/** One fire: at most one per schedule and exchange day, over all instances. */
export interface ScheduleFire {
  schedule_id: ScheduleId;
  /** The exchange's day it fired for. */
  local_date: Day;
  at: Instant;
  outcome: FireOutcome;
  task_id: string | null;
}

/** A schedule as the page shows it. */
export interface Schedule {
  id: ScheduleId;
  enabled: boolean;
  /** Clock time at the exchange, `20:00`. */
  time: string;
  zone: string;
  /** Calendar days that fill_missing looks back; null for daily. */
  days_back: number | null;
  /** Why it does not fire though it is enabled: schedules are off in the configuration, or the sample market is never scheduled. */
  held: "disabled" | "sample" | null;
  /** The next five fires (of daily: on trading days), none while it is off or held. */
  next: Instant[];
  /** The last fires, newest first, at most fourteen. */
  last: ScheduleFire[];
  changed_by: string | null;
  changed_at: Instant | null;
}

/** Reply of `GET /schedules/fires`: fires of both schedules, newest first. `next` is the cursor of older ones. */
export interface FirePage {
  fires: ScheduleFire[];
  next: string | null;
}

/** Body of `PUT /schedules/{id}`: what is left out stays. */
export interface ScheduleChange {
  enabled?: boolean;
  time?: string;
}
