import type { Progress, TaskStatus } from "@/lib/contract/task";
import { afterCommand, type TaskCommand } from "@/lib/contract/task-rules";

/** What this page just asked of a task, and the status the task had then. */
export interface Echo {
  command: TaskCommand;
  from: TaskStatus;
}

/** Shows what was asked at once; as soon as the server says anything else than before, its word stands. */
export function withEcho<Task extends Pick<Progress, "status">>(task: Task, echo: Echo | undefined): Task {
  if (!echo || task.status !== echo.from) return task;
  const after = afterCommand(echo.command, echo.from);
  return after === null || after === "same" ? task : { ...task, status: after };
}
