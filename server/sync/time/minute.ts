import { instantIn } from "@/lib/contract/instant";

/** A moment as people of the exchange read it: `2024-03-06 00:00`, by its clock. */
export function minuteIn(zone: string, unixMs: number): string {
  return instantIn(zone, unixMs).slice(0, 16).replace("T", " ");
}
