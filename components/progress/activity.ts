import type { Instant } from "@/lib/contract/instant";
import type { TaskSummary } from "@/lib/contract/task";

/** Something that happened: a task began or was put in the queue, or came to its end. */
export interface Happened {
  kind: "queued" | "started" | "completed" | "failed" | "cancelled" | "removed";
  at: Instant;
  task: TaskSummary;
}

/** The last `count` things that happened, newest first. An end comes before the start of the same second. */
export function happenedLast(tasks: readonly TaskSummary[], count: number): Happened[] {
  const all = tasks.flatMap((task): Happened[] => {
    const started: Happened[] = [
      task.start_time ? { kind: "started", at: task.start_time, task } : { kind: "queued", at: task.created_at, task },
    ];
    const { status, end_time } = task;
    if (!end_time || (status !== "completed" && status !== "failed" && status !== "cancelled")) return started;
    // A task that never began was not cancelled at work: it left the queue.
    const kind = status === "cancelled" && !task.start_time ? "removed" : status;
    return [{ kind, at: end_time, task }, ...started];
  });
  return all
    .map((happened, index) => ({ happened, index }))
    .sort((a, b) => Date.parse(b.happened.at) - Date.parse(a.happened.at) || a.index - b.index)
    .slice(0, count)
    .map(({ happened }) => happened);
}
