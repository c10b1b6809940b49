import type { Day } from "@/lib/contract/day";
import type { PlannedDay } from "@/server/sync/session-ports";

/** A day to fetch, with the skipped days between the previous fetch and this one: their outcome commits with this day's. */
export interface Step {
  date: Day;
  skipsBefore: Day[];
}

/** What is left of a plan, in its order. Skips after the last fetch are settled when the task ends. */
export function stepsOf(plan: readonly PlannedDay[], order: "asc" | "desc"): Step[] {
  const ordered = order === "asc" ? plan : [...plan].reverse();
  const steps: Step[] = [];
  let skips: Day[] = [];
  for (const day of ordered) {
    if (day.outcome) continue;
    if (day.action === "skip") {
      skips.push(day.date);
    } else {
      steps.push({ date: day.date, skipsBefore: skips });
      skips = [];
    }
  }
  return steps;
}
