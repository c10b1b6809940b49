import type { Instant } from "@/lib/contract/instant";
import type { TaskSummary } from "@/lib/contract/task";

/** Something that happened: a task began, or came to its end. */
export interface Happened {
  kind: "started" | "completed" | "failed";
  at: Instant;
  task: TaskSummary;
}

/** The last `count` things that happened, newest first. An end comes before the start of the same second. */
export function happenedLast(tasks: readonly TaskSummary[], count: number): Happened[] {
  const all = tasks.flatMap((task): Happened[] => {
    const started: Happened[] = task.start_time ? [{ kind: "started", at: task.start_time, task }] : [];
    if (!task.end_time || (task.status !== "completed" && task.status !== "failed")) return started;
    return [{ kind: task.status, at: task.end_time, task }, ...started];
  });
  return all
    .map((happened, index) => ({ happened, index }))
    .sort((a, b) => Date.parse(b.happened.at) - Date.parse(a.happened.at) || a.index - b.index)
    .slice(0, count)
    .map(({ happened }) => happened);
}
