import type { Day } from "@/lib/contract/day";
import type { FireOutcome, ScheduleId } from "@/lib/contract/schedule";
import type { TradingCalendar } from "@/server/sync/ports";
import type { StartRequest } from "@/server/sync/task/start-request";

/** Calendar days that fill_missing looks back, today included. */
export const FILL_DAYS_BACK = 30;

export interface ScheduleRequestOptions {
  calendar: TradingCalendar;
  /** Missing, failed and suspect days of the last calendar days. */
  gaps(daysBack: number): Promise<Day[]>;
}

/** What a start for a schedule asks for; who asks, and what happens while busy, is said elsewhere. */
export type ScheduledStart = Omit<StartRequest, "started_by" | "idempotency" | "if_busy" | "priority">;

/** What a schedule would start for that day, or why nothing is to be done. The fire and "run now" ask the same. */
export async function scheduledStart(
  id: ScheduleId,
  day: Day,
  { calendar, gaps }: ScheduleRequestOptions,
): Promise<{ start: ScheduledStart } | { nothing: Extract<FireOutcome, "closed_day" | "nothing_missing"> }> {
  const plain = { force: false, accept_incomplete: false, order: "asc" as const };
  if (id === "daily") {
    if (calendar.closedReason(day)) return { nothing: "closed_day" };
    return { start: { task_type: "scheduler_daily", start_date: day, end_date: day, ...plain } };
  }
  const days = await gaps(FILL_DAYS_BACK);
  const [first, last] = [days[0], days.at(-1)];
  if (!first || !last) return { nothing: "nothing_missing" };
  return { start: { task_type: "scheduler_missing", start_date: first, end_date: last, days, ...plain } };
}
