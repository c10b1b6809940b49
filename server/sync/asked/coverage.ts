import { type CoverageRun, type CoverageState, isGap } from "@/lib/contract/coverage";
import { type Day, eachDay } from "@/lib/contract/day";
import { type CoverageContext, dayView } from "@/server/sync/plan/ledger";
import type { DaysUnderWay } from "./reads";

/** What each day holds, or what is being done about it, as runs of equal days. */
export function coverageRuns(from: Day, to: Day, context: CoverageContext, underWay: DaysUnderWay): CoverageRun[] {
  const runs: CoverageRun[] = [];
  for (const day of eachDay(from, to)) {
    const view = dayView(day, context);
    const state: CoverageState = day === underWay.running ? "running" : underWay.queued.has(day) ? "queued" : view.state;
    const last = runs.at(-1);
    if (last && last.state === state && last.reason === view.reason) {
      last.to = day;
      last.rows_min = merged(last.rows_min, view.rows, Math.min);
      last.rows_max = merged(last.rows_max, view.rows, Math.max);
    } else {
      runs.push({ from: day, to: day, state, reason: view.reason, rows_min: view.rows, rows_max: view.rows });
    }
  }
  return runs;
}

/** The days a sync of gaps brings: missing, failed or suspect, and due. */
export function gapDays(from: Day, to: Day, context: CoverageContext): Day[] {
  return eachDay(from, to).filter((day) => isGap(dayView(day, context)));
}

function merged(a: number | null, b: number | null, pick: (a: number, b: number) => number): number | null {
  return a === null || b === null ? (a ?? b) : pick(a, b);
}
