import { pushedTask } from "@/components/live/pushed-task";
import type { SyncState } from "@/lib/contract/events";
import type { BusyTask, Progress } from "@/lib/contract/task";
import { isBusy, isFinal, newerProgress } from "@/lib/contract/task-rules";

/**
 * The task of a refusal as the pushed states show it by now: the one that runs, or the waiting one whose turn it is. It has ended when a state that came later names it as the
 * last one, or names neither it nor any other busy task.
 */
export function followBusyTask(task: BusyTask, state: SyncState | null): { progress: Progress; hasEnded: boolean } {
  const held = task.progress;
  if (!state) return { progress: held, hasEnded: false };
  const pushed = pushedTask(state, task.task_id);
  const progress = pushed ? (newerProgress(held, pushed) ?? held) : held;
  // Whatever the times say: a paused one holds nobody up either.
  if (isFinal(progress.status) || progress.status === "paused") return { progress, hasEnded: true };
  // A state from before this task began may still be on the page: only its time tells.
  const isLater =
    task.start_time === null
      ? state.queue.count <= state.queue.tasks.length
      : Date.parse(state.server_time) > Date.parse(task.start_time) + 1_000;
  return { progress, hasEnded: !pushed && isLater && !(state.current && isBusy(state.current.status)) };
}
