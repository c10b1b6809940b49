import { addDays, type Day } from "@/lib/contract/day";
import { dayIn } from "@/lib/contract/instant";
import { momentOf } from "@/server/sync/time/schedule-times";
import { systemClock } from "@/server/system-clock";
import type { Clock } from "@/server/sync/ports";

const ZONE = "Asia/Shanghai";

/**
 * For tests of an instance that speak of its today: it is noon in Shanghai when they begin, whatever the hour, so no midnight
 * comes between two of their looks. The day after tomorrow, for what ends by the clock of the database must not be over.
 */
export function createNoonClock(): Clock & { today: Day } {
  const today = addDays(dayIn(ZONE, Date.now()), 2);
  const aheadMs = momentOf(today, "12:00", ZONE) - Date.now();
  return { ...systemClock, now: () => systemClock.now() + aheadMs, today };
}
