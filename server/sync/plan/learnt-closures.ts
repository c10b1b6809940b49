import type { Day } from "@/lib/contract/day";
import type { KnownDays } from "./ledger";
import type { DayOutcome } from "@/server/sync/ports";

/** True for a day that the source itself called closed; those of the calendar are skipped before anybody is asked. */
export function saysClosed({ status, reason }: Pick<DayOutcome, "status" | "reason">): boolean {
  return status === "skipped" && reason === "holiday";
}

/** The calendar as the source corrected it: the days it called closed are holidays too, and may be asked for again by force. */
export function withLearntClosures<Calendar extends KnownDays>(calendar: Calendar, learnt: ReadonlySet<Day>): Calendar {
  if (learnt.size === 0) return calendar;
  return {
    ...calendar,
    closedReason: (day) => calendar.closedReason(day) ?? (learnt.has(day) ? "holiday" : null),
    isLearnt: (day) => calendar.closedReason(day) === null && learnt.has(day),
  };
}
