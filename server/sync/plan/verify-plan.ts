import type { Day } from "@/lib/contract/day";
import { type CoverageContext, isLoaded } from "./ledger";
import type { WrittenItem } from "./plan";

/** The plan of a verify: every day that the table holds is fetched and compared; there is nothing to compare on the others. */
export function makeVerifyPlan(days: readonly Day[], context: CoverageContext): WrittenItem[] {
  return days.map((date) => {
    const closed = context.calendar.closedReason(date);
    if (closed) return { date, action: "skip", reason: closed };
    const held = context.ledger.get(date);
    if (held && isLoaded(held, context.source)) return { date, action: "fetch", reason: "loaded" };
    return { date, action: "skip", reason: "not_loaded" };
  });
}
