import type { Progress, TaskDay } from "@/lib/contract/task";

/**
 * The days of a task as they are at this moment. Outcomes are numbered and pushed; which day is in work is only said by
 * the progress, and nobody works on the day that an interrupted task had begun: it waits like the rest.
 */
export function daysNow(days: readonly TaskDay[], task: Pick<Progress, "status" | "current_date">): readonly TaskDay[] {
  const inWork = task.status === "interrupted" ? null : task.current_date;
  return days.map((day) => {
    const open = day.status === "pending" || day.status === "syncing";
    if (!open) return day;
    const status = day.date === inWork ? "syncing" : "pending";
    return day.status === status ? day : { ...day, status };
  });
}
