import type { Day } from "@/lib/contract/day";
import { dayIn, hourIn } from "@/lib/contract/instant";
import type { Clock, TradingCalendar } from "./ports";
import type { Source } from "./source-ports";

/** The exchange's today, and whether the source is not expected to have it yet. */
export function todayOf(
  clock: Pick<Clock, "now">,
  calendar: TradingCalendar,
  source: Pick<Source, "publishHour">,
): { day: Day; notDue: boolean } {
  const now = clock.now();
  return { day: dayIn(calendar.zone, now), notDue: hourIn(calendar.zone, now) < source.publishHour };
}
