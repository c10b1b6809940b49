import type { Day } from "@/lib/contract/day";
import type { TaskSummary } from "@/lib/contract/task";

/** Tasks of one day of the chosen clock. */
export interface DayGroup {
  day: Day;
  tasks: TaskSummary[];
}

/** Groups neighbouring tasks by the day they began (or were asked for); the order of the page stays. */
export function groupByDay(tasks: readonly TaskSummary[], dayOf: (instant: string) => Day): DayGroup[] {
  const groups: DayGroup[] = [];
  for (const task of tasks) {
    const day = dayOf(task.start_time ?? task.created_at);
    const held = groups.at(-1);
    if (held?.day === day) held.tasks.push(task);
    else groups.push({ day, tasks: [task] });
  }
  return groups;
}
