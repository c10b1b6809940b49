import type { TaskSummary } from "@/lib/contract/task";

/** A task as it was just read, with the numbers that were pushed meanwhile where those are newer. */
export function newerTask(held: TaskSummary | undefined, read: TaskSummary): TaskSummary {
  if (!held || held.seq <= read.seq) return read;
  const { predicted, source, holder, takeovers, options, cancelled_by, activity, error } = read;
  return { ...held, predicted, source, holder, takeovers, options, cancelled_by, activity, error };
}
