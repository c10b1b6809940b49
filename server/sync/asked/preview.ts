import { type Day, eachDay } from "@/lib/contract/day";
import type { BusyTask } from "@/lib/contract/task";
import type { Preview } from "@/lib/contract/plan";
import type { Fact, PlanWarningCode } from "@/lib/contract/problem";
import type { SystemPause } from "@/server/sync/errors";
import { countWalks } from "@/server/sync/range/chunks";
import { type CoverageContext, isLoaded } from "@/server/sync/plan/ledger";
import { expectedRows, predictSeconds } from "@/server/sync/plan/pace";
import { countPlan, makePlan, type PlanItem, planRuns } from "@/server/sync/plan/plan";
import type { FinishedRun } from "@/server/sync/task/task-record";
import type { SourceBudget } from "@/server/sync/source-ports";
import { minuteIn } from "@/server/sync/time/minute";

export interface PreviewRequest {
  from: Day;
  to: Day;
  force: boolean;
}

export interface PreviewFacts {
  context: CoverageContext;
  /** Days a running task still has to bring. */
  inRunningSync: ReadonlySet<Day>;
  /** The last finished tasks of the source. */
  runs: readonly FinishedRun[];
  /** The source collects many days in one walk over the symbols. */
  cheapByRange: boolean;
  sample: boolean;
  publishHour: number;
  /** What is left of the source's allowance; null = it has none, or cannot tell. */
  budget: SourceBudget | null;
  /** Why it gives nothing before a time to come; null = it is open. */
  closedSource: SystemPause | null;
  currentTask: BusyTask | null;
}

/** What a start of this range would do, by the same function that plans the run. */
export function previewOf(request: PreviewRequest, facts: PreviewFacts): Preview {
  const { context } = facts;
  const plan = makePlan(
    { days: eachDay(request.from, request.to), force: request.force, inRunningSync: facts.inRunningSync },
    context,
  );
  const heldRows = (day: Day) => {
    const held = context.ledger.get(day);
    return held && isLoaded(held, context.source) ? held.rows : 0;
  };
  const fetched = plan.filter((item) => item.action === "fetch");
  const rows = expectedRows(fetched.length, context.ledger, context.source);
  const isNotDue = (day: Day) => context.todayNotDue && day === context.today;
  const fetchedDays = fetched.map((item) => item.date);
  const walks = facts.cheapByRange ? countWalks(fetchedDays, isNotDue) : null;
  const rowsReplaced = fetched.reduce((sum, item) => sum + heldRows(item.date), 0);
  return {
    start_date: request.from,
    end_date: request.to,
    days: planRuns(plan),
    counts: countPlan(plan),
    fetch_days: fetched.length,
    rows_expected: rows,
    rows_held: plan.reduce((sum, item) => sum + heldRows(item.date), 0),
    rows_replaced: rowsReplaced,
    seconds: predictSeconds({ fetchDays: fetched.length, walks, rows }, facts.runs),
    warnings: warningsOf(request, facts, fetched, rowsReplaced),
    current_task: facts.currentTask,
  };
}

function warningsOf(
  request: PreviewRequest,
  facts: PreviewFacts,
  fetched: PlanItem[],
  rowsReplaced: number,
): Fact<PlanWarningCode>[] {
  const { context } = facts;
  const warnings: Fact<PlanWarningCode>[] = [];
  if (rowsReplaced > 0) warnings.push({ code: "overwrite", params: { rows: rowsReplaced } });
  if (request.to > context.calendar.knownUntil)
    warnings.push({ code: "calendar_assumed", params: { known_until: context.calendar.knownUntil } });
  if (context.todayNotDue && fetched.some((item) => item.date === context.today)) {
    warnings.push({ code: "today_not_published", params: { hour: clockHour(facts.publishHour) } });
  }
  // A source that is closed has nothing left either: once is enough.
  const held = fetched.length > 0 ? (closedWarning(facts) ?? budgetWarning(facts, fetched.length)) : null;
  if (held) warnings.push(held);
  if (facts.sample) warnings.push({ code: "sample_source", params: {} });
  return warnings;
}

/** The source is not called before its time: the sync would begin with a pause. */
function closedWarning({ closedSource, context }: PreviewFacts): Fact<PlanWarningCode> | null {
  if (!closedSource) return null;
  const { reason, resumeMs } = closedSource;
  return { code: "source_closed", params: { reason, at: minuteIn(context.calendar.zone, resumeMs) } };
}

/** The allowance of the source does not suffice for all days: the sync would pause until there is a new one. */
function budgetWarning({ budget, context }: PreviewFacts, fetchDays: number): Fact<PlanWarningCode> | null {
  const needed = Math.ceil(fetchDays * (budget?.callsPerDay ?? 0));
  if (!budget || budget.left === null || needed <= budget.left) return null;
  const { left, resetsAtMs } = budget;
  const at = resetsAtMs === null ? "none" : minuteIn(context.calendar.zone, resetsAtMs);
  return { code: "source_budget", params: { needed, left, at } };
}

/** 17.5 as `17:30`. */
function clockHour(hour: number): string {
  const minutes = Math.round(hour * 60);
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}
