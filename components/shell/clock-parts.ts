import type { Day } from "@/lib/contract/day";
import { dayIn, type Instant, instantIn } from "@/lib/contract/instant";

/**
 * Day and time of the clock on the wall. `zone` is an IANA name, or the offset of an instant (`+08:00`) where only that
 * is known of the exchange.
 */
export function clockParts(at: Instant | number, zone: string): { day: Day; time: string } {
  const unixMs = typeof at === "number" ? at : Date.parse(at);
  const offset = /^([+-])(\d\d):(\d\d)$/.exec(zone);
  if (!offset) return { day: dayIn(zone, unixMs), time: instantIn(zone, unixMs).slice(11, 19) };
  const minutes = (Number(offset[2]) * 60 + Number(offset[3])) * (offset[1] === "-" ? -1 : 1);
  return clockParts(unixMs + minutes * 60_000, "UTC");
}

/** The offset an instant is written with: `+08:00`, and UTC for `Z`. */
export function offsetOf(at: Instant): string {
  return /[+-]\d\d:\d\d$/.exec(at)?.[0] ?? "UTC";
}
