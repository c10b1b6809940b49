import type { Day } from "@/lib/contract/day";
import type { BatchRequest } from "@/lib/contract/plan";
import type { TaskStatus, TaskType } from "@/lib/contract/task";

/** Filters of the history; `cursor` is `next` of the page before. */
export interface TaskFilters {
  status?: TaskStatus | null;
  type?: TaskType | null;
  from?: Day | null;
  to?: Day | null;
  cursor?: string | null;
  limit?: number;
}

/** Keys of everything read over REST; the live store uses the same ones to freshen them. */
export const keys = {
  console: ["console"] as const,
  coverage: ["coverage"] as const,
  coverageOf: (from: Day | null, to: Day | null) => ["coverage", from, to] as const,
  preview: ["preview"] as const,
  previewOf: (request: BatchRequest | null) => ["preview", request] as const,
  tasks: ["tasks"] as const,
  tasksOf: (filters: TaskFilters) => ["tasks", filters] as const,
  allTasks: ["task"] as const,
  task: (id: string) => ["task", id] as const,
  schedules: ["schedules"] as const,
  allDayRows: ["day-rows"] as const,
  dayRows: (day: Day, code: string) => ["day-rows", day, code] as const,
  rejectedRows: (id: string, day: Day) => ["rejected-rows", id, day] as const,
  settings: ["settings"] as const,
  source: ["source"] as const,
  allTaskDays: ["task-days"] as const,
  taskDays: (id: string) => ["task-days", id] as const,
};
