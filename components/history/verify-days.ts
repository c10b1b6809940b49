import type { RetryRequest } from "@/components/data/queries";
import type { Day } from "@/lib/contract/day";
import type { DayDiff, TaskDay } from "@/lib/contract/task";

/** A day of a verify that is not as the source says by now. */
export type ChangedDay = TaskDay & { diff: DayDiff };

/** The days that differ, in the order of the calendar. */
export function changedDays(days: readonly TaskDay[]): ChangedDay[] {
  return days.filter((day): day is ChangedDay => day.diff !== null && day.reason === "changed");
}

/** Asks for the changed days that were not left out; null where none is left. All of them need no list. */
export function applyRequest(taskId: string, changed: readonly TaskDay[], leftOut: ReadonlySet<Day>): RetryRequest | null {
  const days = changed.map((day) => day.date).filter((date) => !leftOut.has(date));
  const [first, last] = [days[0], days.at(-1)];
  if (!first || !last) return null;
  return {
    retryOf: taskId,
    only: "changed",
    start_date: first,
    end_date: last,
    ...(days.length < changed.length ? { days } : {}),
  };
}
