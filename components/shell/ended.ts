import type { SyncState } from "@/lib/contract/events";
import type { TaskStatus } from "@/lib/contract/task";

export type EndWord = "done" | "failed" | "cancelled" | "paused";

/** How a task stopped running, in one word. */
export function wordOfStatus(status: TaskStatus): EndWord {
  if (status === "completed") return "done";
  return status === "cancelled" || status === "paused" ? status : "failed";
}

/**
 * How the sync that runs no longer ended. One that waits is paused; where another one began and ended before anybody was told,
 * the word is that of the last end.
 */
export function wordOfEnd(taskId: string, state: Pick<SyncState, "last" | "paused" | "queue"> | null): EndWord {
  const isLeft = state && [...state.paused.tasks, ...state.queue.tasks].some((task) => task.task_id === taskId);
  return state?.last && !isLeft ? wordOfStatus(state.last.status) : "paused";
}
