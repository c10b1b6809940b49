import type { Day } from "@/lib/contract/day";
import type { Progress } from "@/lib/contract/task";

/** What a cancelled task leaves behind, in days. */
export interface Consequences {
  /** Stored days: they stay. */
  stay: number;
  /** The day in work, which is rolled back. */
  rolledBack: Day | null;
  /** Days of the plan that nobody will have asked for; null while there is no plan yet. */
  notFetched: number | null;
}

type Counts = Pick<Progress, "status" | "success" | "failed" | "fetch_days" | "current_date">;

/** Counts only days the plan fetches: a weekend that is not reached loses nobody anything. */
export function consequencesOf({ status, success, failed, fetch_days, current_date }: Counts): Consequences {
  const rolledBack = status === "running" || status === "pausing" ? current_date : null;
  const open = fetch_days - success - failed - (rolledBack ? 1 : 0);
  return { stay: success, rolledBack, notFetched: fetch_days === 0 ? null : Math.max(0, open) };
}

/** Days a retry would take: all that are not stored after a task that stopped early, else those that failed. Null = nothing. */
export function retryOf(
  task: Pick<Progress, "status" | "task_type" | "success" | "failed" | "fetch_days">,
): { only: "failed" | "unfinished"; days: number } | null {
  if (task.task_type === "verify") return null;
  const stopped = task.status === "cancelled" || task.status === "failed";
  const unfinished = task.fetch_days - task.success;
  if (stopped && unfinished > task.failed) return { only: "unfinished", days: unfinished };
  const ended = stopped || task.status === "completed";
  return ended && task.failed > 0 ? { only: "failed", days: task.failed } : null;
}

/** Where a new task of this priority will stand: behind what goes on after a pause, and behind older ones of its kind. */
export function placeInQueue(queue: readonly Pick<Progress, "start_time" | "priority">[], priority: number): number {
  return 1 + queue.filter((task) => task.start_time !== null || task.priority >= priority).length;
}
