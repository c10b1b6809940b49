import type { SyncState } from "@/lib/contract/events";
import type { Progress } from "@/lib/contract/task";

/** Every task that the pushed state names: the running one, the last one that ended, those that wait and those that are paused. */
export function pushedTasks({ current, last, queue, paused }: SyncState): Progress[] {
  return [current, last, ...queue.tasks, ...paused.tasks].filter((task) => task !== null);
}

/** The task of that id, as the pushed state has it. */
export function pushedTask(state: SyncState | null, taskId: string): Progress | undefined {
  return state ? pushedTasks(state).find((task) => task.task_id === taskId) : undefined;
}
