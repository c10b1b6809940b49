import { type Day, eachDay } from "@/lib/contract/day";
import { type CoverageContext, dayView } from "@/server/sync/plan/ledger";
import type { DaysUnderWay, WaitingTask, WorkUnderWay } from "./reads";

/** The days from `from` to `to` that are under way: those of the running task, and those that tasks in the queue are going to fetch. */
export function daysUnderWay(
  from: Day,
  to: Day,
  { running, queued, waiting }: WorkUnderWay,
  context: CoverageContext,
): DaysUnderWay {
  const all = new Set(queued);
  const add = (day: Day, isFetched: boolean) => {
    if (isFetched && from <= day && day <= to) all.add(day);
  };
  for (const day of waiting.planned) add(day, true);
  // Many tasks may wait for the same days: each day is looked at twice at most.
  const [forced, others] = [true, false].map((force) =>
    daysOf(
      waiting.tasks.filter((task) => task.force === force),
      from,
      to,
    ),
  );
  for (const day of forced ?? []) add(day, context.calendar.closedReason(day) === null);
  for (const day of others ?? []) add(day, isToFetch(dayView(day, context).state));
  return { running, queued: all };
}

const isToFetch = (state: ReturnType<typeof dayView>["state"]) => state !== "complete" && state !== "no_trading";

/** The days of these tasks from `from` to `to`, each once. */
function daysOf(tasks: readonly WaitingTask[], from: Day, to: Day): Set<Day> {
  const days = new Set<Day>(tasks.flatMap((task) => task.days ?? []));
  const ranges = tasks.filter((task) => task.days === null).toSorted((one, other) => (one.from < other.from ? -1 : 1));
  let end: Day | null = null;
  for (const range of ranges) {
    const first: Day = end !== null && end > range.from ? end : range.from;
    const [begin, last] = [first > from ? first : from, range.to < to ? range.to : to];
    if (begin <= last) for (const day of eachDay(begin, last)) days.add(day);
    if (end === null || range.to > end) end = range.to;
  }
  return days;
}
