import { addDays } from "@/lib/contract/day";
import { dayIn } from "@/lib/contract/instant";
import { momentOf } from "./schedule-times";

/** Milliseconds to the end of the day in `zone`: an hour more or less on the days when its clocks change. */
export function untilMidnightMs(zone: string, nowMs: number): number {
  return momentOf(addDays(dayIn(zone, nowMs), 1), "00:00", zone) - nowMs;
}
