import { instantIn, minuteOf } from "@/lib/contract/instant";

/** A moment as people of the exchange read it. */
export function minuteIn(zone: string, unixMs: number): string {
  return minuteOf(instantIn(zone, unixMs));
}
