import { type Day, eachDay } from "@/lib/contract/day";
import type { CoverageContext } from "@/server/sync/plan/ledger";
import { makePlan } from "@/server/sync/plan/plan";
import type { DaysUnderWay, WaitingTask, WorkUnderWay } from "./reads";

/**
 * The days that are under way: those of the running task, what resumed tasks have left, and from `from` to `to` those that
 * tasks in the queue are going to fetch.
 */
export function daysUnderWay(
  from: Day,
  to: Day,
  { running, queued, waiting }: WorkUnderWay,
  context: CoverageContext,
): DaysUnderWay {
  const all = new Set([...queued, ...waiting.planned]);
  // Many tasks may wait for the same days: each day is planned twice at most.
  for (const force of [true, false]) {
    const tasks = waiting.tasks.filter((task) => task.force === force);
    for (const { date, action } of makePlan({ days: daysOf(tasks, from, to), force }, context)) {
      if (action === "fetch") all.add(date);
    }
  }
  return { running, queued: all };
}

/** The days of these tasks from `from` to `to`, each once. */
function daysOf(tasks: readonly WaitingTask[], from: Day, to: Day): Day[] {
  const days = new Set<Day>();
  let end: Day | null = null;
  for (const task of tasks.toSorted((one, other) => (one.from < other.from ? -1 : 1))) {
    if (task.days) {
      for (const day of task.days) if (from <= day && day <= to) days.add(day);
      continue;
    }
    const begin: Day = end !== null && end > task.from ? end : task.from;
    const [first, last] = [begin > from ? begin : from, task.to < to ? task.to : to];
    if (first <= last) for (const day of eachDay(first, last)) days.add(day);
    if (end === null || task.to > end) end = task.to;
  }
  return [...days];
}
