import type { Day } from "@/lib/contract/day";
import {
  FETCH_REASONS,
  type PlanAction,
  type PlanCounts,
  type PlanReason,
  type PlanRun,
  SKIP_REASONS,
  type VerifyReason,
} from "@/lib/contract/plan";
import { type CoverageContext, dayView } from "./ledger";

/** What is planned for one day. */
export interface PlanItem {
  date: Day;
  action: PlanAction;
  reason: PlanReason;
}

/** A line of a written plan: that of a sync or of a verify. */
export interface WrittenItem {
  date: Day;
  action: PlanAction;
  reason: PlanReason | VerifyReason;
}

export interface PlanRequest {
  days: Day[];
  force: boolean;
  /** Days a running task is going to fetch anyway: only a preview has some. */
  inRunningSync?: ReadonlySet<Day>;
}

/** Preview and run use this one function: for each day of the request, fetch it or skip it, and why. */
export function makePlan(request: PlanRequest, context: CoverageContext): PlanItem[] {
  return request.days.map((date) => {
    const skip = (reason: PlanReason): PlanItem => ({ date, action: "skip", reason });
    const fetch = (reason: PlanReason): PlanItem => ({ date, action: "fetch", reason });
    // A closed day may hold rows, but a source is never asked for one: it would answer with nothing. What only the source
    // told may have changed its mind: who insists is heard.
    const closed = context.calendar.closedReason(date);
    if (closed) return request.force && context.calendar.isLearnt?.(date) ? fetch("forced") : skip(closed);
    if (request.inRunningSync?.has(date)) return skip("in_running_sync");
    const { state } = dayView(date, context);
    if (state === "complete") return request.force ? fetch("forced") : skip("already_synced");
    return fetch(state === "failed" || state === "suspect" ? state : "missing");
  });
}

/** Days by reason. */
export function countPlan(plan: PlanItem[]): PlanCounts {
  const counts = { calendar: plan.length, trading: 0 } as PlanCounts;
  for (const reason of [...FETCH_REASONS, ...SKIP_REASONS]) counts[reason] = 0;
  for (const item of plan) {
    counts[item.reason] += 1;
    if (item.reason !== "weekend" && item.reason !== "holiday") counts.trading += 1;
  }
  return counts;
}

/** Neighbouring days with the same plan, as runs. */
export function planRuns(plan: PlanItem[]): PlanRun[] {
  const runs: PlanRun[] = [];
  for (const item of plan) {
    const last = runs.at(-1);
    if (last && last.action === item.action && last.reason === item.reason) last.to = item.date;
    else runs.push({ from: item.date, to: item.date, action: item.action, reason: item.reason });
  }
  return runs;
}
