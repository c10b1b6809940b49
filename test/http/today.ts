import type { Day } from "@/lib/contract/day";
import { dayIn as dayInAt } from "@/lib/contract/instant";

/** The exchange's day at this moment. */
export const dayIn = (zone: string): Day => dayInAt(zone, Date.now());
