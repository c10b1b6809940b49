import type { Day } from "./day";
import type { BusyTask } from "./task";
import type { Fact } from "./problem";

/** What is planned for a day. */
export type PlanAction = "fetch" | "skip";

/** Why a day is fetched or skipped. `forced` is a complete day fetched again because `force` was asked. */
export const FETCH_REASONS = ["missing", "failed", "suspect", "forced"] as const;
export const SKIP_REASONS = ["weekend", "holiday", "already_synced", "in_running_sync"] as const;
export type FetchReason = (typeof FETCH_REASONS)[number];
export type PlanSkipReason = (typeof SKIP_REASONS)[number];
export type PlanReason = FetchReason | PlanSkipReason;

/** In the plan of a verify: the table holds the day, so it is fetched and compared, or it holds nothing to compare with. */
export type VerifyReason = "loaded" | "not_loaded";

/** A run of neighbouring days with the same plan. */
export interface PlanRun {
  from: Day;
  to: Day;
  action: PlanAction;
  reason: PlanReason;
}

/** Days of the range by reason; `calendar` = all of them, `trading` = those on which the exchange is open. */
export type PlanCounts = Record<PlanReason, number> & { calendar: number; trading: number };

/** Reply of `POST /sync/batch/preview`: what a start of the same range would do. Starts nothing. */
export interface Preview {
  start_date: Day;
  end_date: Day;
  days: PlanRun[];
  counts: PlanCounts;
  fetch_days: number;
  /** Rows the fetched days should bring, null while nothing is known of the source. */
  rows_expected: number | null;
  /** Rows of the range that the table holds now; `rows_replaced` = those that would be replaced. */
  rows_held: number;
  rows_replaced: number;
  /** Expected duration in seconds, low and high; null before the first finished task of this source. */
  seconds: [number, number] | null;
  warnings: Fact[];
  current_task: BusyTask | null;
}

/** Body of `POST /sync/batch` and of its preview. */
export interface BatchRequest {
  start_date: Day;
  end_date: Day;
  force?: boolean;
  accept_incomplete?: boolean;
  order?: "asc" | "desc";
  /** What happens while another sync runs: refuse (409), or wait in the queue (202). */
  if_busy?: "reject" | "queue";
  /** 0–9, 9 runs first, 5 unless said. */
  priority?: number;
}
