import { fromAbsolute } from "@internationalized/date";
import type { Day } from "./day";

/** An instant as ISO 8601 with the offset of the exchange: `2025-10-18T16:00:00+08:00`. */
export type Instant = string;

/** Writes a Unix time in milliseconds as an `Instant` in `zone`, cut to whole seconds. */
export function instantIn(zone: string, unixMs: number): Instant {
  const wholeSecondMs = Math.floor(unixMs / 1000) * 1000;
  return fromAbsolute(wholeSecondMs, zone).toString().replace(/\[.*$/, "");
}

/** An instant as people of the exchange read it, by its clock: `2024-03-06 00:00`. */
export function minuteOf(instant: Instant): string {
  return instant.slice(0, 16).replace("T", " ");
}

/** The calendar day it is in `zone` at that Unix time. */
export function dayIn(zone: string, unixMs: number): Day {
  return fromAbsolute(unixMs, zone).toString().slice(0, 10) as Day;
}

/** The hour of the clock in `zone`, with minutes as a fraction: 17:30 is 17.5. */
export function hourIn(zone: string, unixMs: number): number {
  const at = fromAbsolute(unixMs, zone);
  return at.hour + at.minute / 60;
}
