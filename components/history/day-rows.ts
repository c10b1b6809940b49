import type { Day } from "@/lib/contract/day";
import type { TaskDay } from "@/lib/contract/task";

/** Which days of a task are listed. */
export const DAY_FILTERS = ["all", "success", "failed", "skipped"] as const;
export type DayFilter = (typeof DAY_FILTERS)[number];

/** A line of the table: a day, or neighbouring closed days together. */
export type DayRow = { kind: "day"; day: TaskDay } | { kind: "closed"; from: Day; to: Day; count: number };

/** How many days each filter would list. */
export function countByFilter(days: readonly TaskDay[]): Record<DayFilter, number> {
  const counts = { all: days.length, success: 0, failed: 0, skipped: 0 };
  for (const { status } of days) {
    if (status === "success" || status === "failed" || status === "skipped") counts[status] += 1;
  }
  return counts;
}

/** The lines of the table in the order of the task's days. `groupClosed` puts neighbouring weekends and holidays together. */
export function dayRows(days: readonly TaskDay[], filter: DayFilter, groupClosed: boolean): DayRow[] {
  const rows: DayRow[] = [];
  for (const day of days) {
    if (filter !== "all" && day.status !== filter) continue;
    const closed = day.status === "skipped" && (day.reason === "weekend" || day.reason === "holiday");
    const last = rows.at(-1);
    if (!groupClosed || !closed) rows.push({ kind: "day", day });
    else if (last?.kind === "closed") rows[rows.length - 1] = { ...last, to: day.date, count: last.count + 1 };
    else rows.push({ kind: "closed", from: day.date, to: day.date, count: 1 });
  }
  return rows;
}
