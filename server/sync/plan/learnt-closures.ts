import type { Day } from "@/lib/contract/day";
import type { TaskDay } from "@/lib/contract/task";
import type { KnownDays } from "./ledger";

/** True for a day that the source itself called closed; those of the calendar are skipped before anybody is asked. */
export function saysClosed({ status, reason }: Pick<TaskDay, "status" | "reason">): boolean {
  return status === "skipped" && reason === "holiday";
}

/**
 * The calendar as the source corrected it: the days it called closed are holidays too, and may be asked for again by force.
 * Not those that the configuration has as open: they are asked for like any other.
 */
export function withLearntClosures<Calendar extends KnownDays>(calendar: Calendar, learnt: ReadonlySet<Day>): Calendar {
  if (learnt.size === 0) return calendar;
  const isLearnt = (day: Day) => learnt.has(day) && calendar.closedReason(day) === null && !calendar.isSet?.(day);
  return {
    ...calendar,
    closedReason: (day) => calendar.closedReason(day) ?? (isLearnt(day) ? "holiday" : null),
    isLearnt,
  };
}
