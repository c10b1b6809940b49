import { addDays, type Day } from "@/lib/contract/day";
import { dayIn, hourIn } from "@/lib/contract/instant";
import type { Clock, TradingCalendar } from "@/server/sync/ports";
import type { Source } from "@/server/sync/source-ports";

/** The exchange's today, and whether the source is not expected to have it yet. */
export function todayOf(
  clock: Pick<Clock, "now">,
  calendar: TradingCalendar,
  source: Pick<Source, "publishHour">,
): { day: Day; notDue: boolean } {
  const now = clock.now();
  return { day: dayIn(calendar.zone, now), notDue: hourIn(calendar.zone, now) < source.publishHour };
}

/** The last trading day whose rows the source should have by now. */
export function lastDueDay(clock: Pick<Clock, "now">, calendar: TradingCalendar, source: Pick<Source, "publishHour">): Day {
  const today = todayOf(clock, calendar, source);
  let day = today.notDue ? addDays(today.day, -1) : today.day;
  while (calendar.closedReason(day)) day = addDays(day, -1);
  return day;
}
