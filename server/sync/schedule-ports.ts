import type { Day } from "@/lib/contract/day";
import type { FireOutcome, ScheduleChange, ScheduleId } from "@/lib/contract/schedule";

/** Which fire a task belongs to: at most one task is made for it, over all instances. */
export interface FireKey {
  schedule_id: ScheduleId;
  /** The exchange's day it fires for. */
  local_date: Day;
  at_ms: number;
  /** Asks once more: the fire's task `after` found the day not published, the next one waits until then. */
  again?: { after: string; not_before_ms: number };
}

/** A fire that came to no task here: another instance had it, or somebody was busy and it was told to skip. */
export type FireOver = { kind: "fired_already" } | { kind: "skipped_busy" };

/** A fire as the database keeps it. */
export interface FireRecord {
  schedule_id: ScheduleId;
  local_date: Day;
  at_ms: number;
  outcome: FireOutcome;
  task_id: string | null;
}

/** A fire beside its schedule; `unpublished_ms` = when its task ended because the source had not published the day yet. */
export interface RecentFire extends FireRecord {
  unpublished_ms: number | null;
}

/** A schedule as the database keeps it. */
export interface ScheduleRecord {
  id: ScheduleId;
  enabled: boolean;
  time: string;
  /** What was due before is nobody's fire: the schedule was made, switched on or moved later than that. */
  active_since_ms: number;
  changed_by: string | null;
  changed_ms: number | null;
  /** The last fires, newest first, at most `FIRES_READ`. */
  fires: RecentFire[];
}

/** More than the days that may be made up for, so that no fire among them is overlooked. */
export const FIRES_READ = 16;

export interface FirePageAsked {
  limit: number;
  /** Fires older than this one. */
  before: { local_date: Day; schedule_id: ScheduleId } | null;
}

export interface ScheduleStore {
  schedules(): Promise<ScheduleRecord[]>;
  /** Changes what is said; a schedule that is moved or switched on begins anew at `nowMs`. */
  change(id: ScheduleId, change: ScheduleChange, by: string | null, nowMs: number): Promise<void>;
  /** Writes a fire that needs no task. False = it had fired already. */
  recordFire(fire: FireRecord): Promise<boolean>;
  /** The schedules are held: what falls due meanwhile will not be made up for. Writes at most once an hour. */
  hold(nowMs: number): Promise<void>;
  /** Newest first. */
  fires(page: FirePageAsked): Promise<FireRecord[]>;
}
