import { countDays, eachDay } from "@/lib/contract/day";
import { withLearntClosures } from "@/server/sync/plan/learnt-closures";
import type { Ledger } from "@/server/sync/plan/ledger";
import { expectedRows, predictSeconds } from "@/server/sync/plan/pace";
import { makePlan, type WrittenItem } from "@/server/sync/plan/plan";
import { makeVerifyPlan } from "@/server/sync/plan/verify-plan";
import type { Clock, Log, TaskReader, TradingCalendar } from "@/server/sync/ports";
import type { PlannedDay, WorkSession } from "@/server/sync/session-ports";
import { countWalks } from "@/server/sync/range/chunks";
import type { Source } from "@/server/sync/source-ports";
import type { TaskRecord } from "@/server/sync/task/task-record";
import { todayOf } from "@/server/sync/time/today";

export interface PlanOptions {
  clock: Clock;
  log: Log;
  calendar: TradingCalendar;
  source: Source;
  /** How long the last runs took. */
  reader: Pick<TaskReader, "recentRuns">;
}

interface PlannedTask {
  task: TaskRecord;
  session: Pick<WorkSession, "loadPlan" | "savePlan" | "loadClosedDays">;
}

/**
 * The plan of a task: the one it had, or a new one of its days, which is saved with what it will take; `task` hears of both.
 * `ledger` is what the table holds before the run.
 */
export async function planOf(options: PlanOptions, { task, session }: PlannedTask, ledger: Ledger): Promise<PlannedDay[]> {
  const { calendar, source, clock } = options;
  const written = await session.loadPlan(task.task_id);
  if (written.length > 0) return written;
  const today = todayOf(clock, calendar, source);
  const known = withLearntClosures(calendar, await session.loadClosedDays(source.name));
  const context = { ledger, calendar: known, source: source.name, today: today.day, todayNotDue: today.notDue };
  const days = task.options.days ?? eachDay(task.start_date, task.end_date);
  const verifies = task.task_type === "verify";
  const plan: WrittenItem[] = verifies ? makeVerifyPlan(days, context) : makePlan({ days, force: task.options.force }, context);
  const fetched = plan.flatMap((item) => (item.action === "fetch" ? [item.date] : []));
  const fetchDays = fetched.length;
  const rows = expectedRows(fetchDays, ledger, source.name);
  const walks = source.prepare ? countWalks(fetched, (day) => today.notDue && day === today.day) : null;
  const runs = await options.reader.recentRuns(source.name, verifies ? "verify" : "sync");
  const predicted = { seconds: predictSeconds({ fetchDays, walks, rows }, runs), fetch_days: fetchDays, rows };
  // Before it is saved: should the answer get lost, the plan is found written and these are not computed again.
  Object.assign(task, { total: plan.length, fetch_days: fetchDays, predicted });
  await session.savePlan(task.task_id, plan, predicted);
  options.log.info(
    { task_id: task.task_id, days: countDays(task.start_date, task.end_date), fetch_days: fetchDays },
    "plan written",
  );
  return plan.map((item) => ({ ...item, outcome: null }));
}
