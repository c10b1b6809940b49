import type { SyncState } from "@/lib/contract/events";
import type { TaskStatus } from "@/lib/contract/task";

export type EndWord = "done" | "failed" | "cancelled" | "paused";

/** How a task stopped running, in one word. */
export function wordOfStatus(status: TaskStatus): EndWord {
  if (status === "completed") return "done";
  return status === "cancelled" || status === "paused" ? status : "failed";
}

/** How the sync that runs no longer ended; one that left without an end is paused. */
export function wordOfEnd(taskId: string, state: Pick<SyncState, "last"> | null): EndWord {
  const last = state?.last;
  return last?.task_id === taskId ? wordOfStatus(last.status) : "paused";
}
