import { afterCommand } from "@/lib/contract/task-rules";
import type { Commanded, TaskCommands } from "@/server/sync/command-ports";
import type { MemoryClosedSources } from "./memory-closed-sources";
import type { TaskRecord } from "@/server/sync/task/task-record";

interface Tables {
  tasks: Map<string, TaskRecord>;
  resumed: Set<string>;
  closedSources: MemoryClosedSources;
  now(): number;
  reach(call: string): Promise<void>;
}

export const NO_PAUSE = { paused_by: null, pause_reason: null, pause_detail: null, resume_ms: null };

/** A pause by the system whose time has come. */
export function pauseIsOver({ status, pause_reason, resume_ms }: TaskRecord, nowMs: number): boolean {
  return status === "paused" && pause_reason !== "person" && resume_ms !== null && resume_ms <= nowMs;
}

/** Interrupted tasks, then those whose pause is over, then resumed ones, then the queue by priority and age; null = nothing waits. */
export function whatIsNext(tasks: Iterable<TaskRecord>, resumed: Set<string>, nowMs: number): TaskRecord | null {
  const all = [...tasks];
  const order = [...resumed];
  const turn = (task: TaskRecord) => (resumed.has(task.task_id) ? order.indexOf(task.task_id) : order.length);
  return (
    all.find((task) => task.status === "interrupted") ??
    all.find((task) => pauseIsOver(task, nowMs)) ??
    all.filter((task) => task.status === "queued").toSorted((a, b) => turn(a) - turn(b) || b.priority - a.priority)[0] ??
    null
  );
}

/** Commands on the tables in memory: the status moves as the rules of the contract say. */
export function commandsOn({ tasks, resumed, closedSources, now, reach }: Tables): TaskCommands {
  async function onQueued(taskId: string, work: (task: TaskRecord) => void): Promise<Commanded> {
    await reach("command");
    const task = tasks.get(taskId);
    if (!task) return { kind: "unknown" };
    if (task.status !== "queued") return { kind: "illegal", task: { ...task } };
    work(task);
    return { kind: "done", task: { ...task } };
  }

  function reopen(source: string): void {
    closedSources.forget(source);
    for (const task of tasks.values()) {
      if (task.source === source && task.resume_ms !== null && task.pause_reason !== "disk_full") task.resume_ms = now();
    }
  }

  return {
    async command(taskId, command, by) {
      await reach("command");
      const task = tasks.get(taskId);
      if (!task) return { kind: "unknown" };
      const after = afterCommand(command, task.status);
      if (after === null) return { kind: "illegal", task: { ...task } };
      if (after === "same") return { kind: "done", task: { ...task } };
      task.status = after;
      if (after === "cancelled") task.finished_ms = now();
      if (command === "cancel") task.cancelled_by = by;
      if (command === "pause") Object.assign(task, { paused_by: by, pause_reason: "person" });
      if (command === "resume") {
        if (task.pause_reason !== "person" && task.pause_reason !== "disk_full") reopen(task.source);
        Object.assign(task, NO_PAUSE);
        resumed.add(taskId);
      }
      return { kind: "done", task: { ...task } };
    },
    reprioritise: (taskId, priority) =>
      onQueued(taskId, (task) => {
        task.priority = priority;
      }),
    dequeue: (taskId) =>
      onQueued(taskId, (task) => {
        Object.assign(task, { status: "cancelled", finished_ms: now() });
      }),
  };
}
