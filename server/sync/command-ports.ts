import type { TaskCommand } from "@/lib/contract/task-rules";
import type { TaskRecord } from "./task/task-record";

/** What a command came to: done, not possible for a task of this status, or no such task. */
export type Commanded = { kind: "done"; task: TaskRecord } | { kind: "illegal"; task: TaskRecord } | { kind: "unknown" };

/** What people ask of tasks; it stands in the database at once, whoever runs the task. */
export interface TaskCommands {
  command(taskId: string, command: TaskCommand, by: string | null): Promise<Commanded>;
  /** Only tasks that wait in the queue. */
  reprioritise(taskId: string, priority: number, by: string | null): Promise<Commanded>;
  /** Only tasks that wait in the queue; it ends as cancelled. */
  dequeue(taskId: string, by: string | null): Promise<Commanded>;
}
