import type { SyncState } from "@/lib/contract/events";
import type { Progress } from "@/lib/contract/task";
import type { Snapshot } from "@/server/sync/asked/reads";
import type { TaskRecord } from "@/server/sync/task/task-record";

/** Before the first look. */
export const NOTHING_SEEN: Snapshot = {
  current: null,
  last: null,
  queue: { tasks: [], count: 0 },
  paused: { tasks: [], count: 0 },
  instances: [],
  watchingElsewhere: 0,
  epoch: null,
  leaseLeftMs: null,
  rivals: [],
};

/** The tasks to tell. `current` may come from memory, which is ahead of the look: what runs by now neither waits nor is paused. */
export function tasksOf(
  current: TaskRecord | null,
  { last, queue, paused }: Snapshot,
  toProgress: (task: TaskRecord) => Progress,
): Pick<SyncState, "current" | "last" | "queue" | "paused"> {
  const withoutCurrent = ({ tasks, count }: Snapshot["queue"]) => {
    const others = tasks.filter(({ task_id }) => task_id !== current?.task_id);
    return { tasks: others.map(toProgress), count: count - (tasks.length - others.length) };
  };
  return {
    current: current && toProgress(current),
    last: last && toProgress(last),
    queue: withoutCurrent(queue),
    paused: withoutCurrent(paused),
  };
}
