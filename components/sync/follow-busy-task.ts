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
  const pushed = [state.current, state.last, ...state.queue.tasks].find((progress) => progress?.task_id === task.task_id);
  const paused = state.paused.tasks.find((progress) => progress.task_id === task.task_id);
  // Whatever the times say: it holds nobody up any more.
  if (paused && newerProgress(held, paused) === paused) return { progress: paused, hasEnded: true };
  const progress = pushed ? (newerProgress(held, pushed) ?? held) : held;
  if (isFinal(progress.status)) return { progress, hasEnded: true };
  // A state from before this task began may still be on the page: only its time tells.
  const isLater =
    task.start_time === null
      ? state.queue.count <= state.queue.tasks.length
      : Date.parse(state.server_time) > Date.parse(task.start_time) + 1_000;
  return { progress, hasEnded: !pushed && isLater && !(state.current && isBusy(state.current.status)) };
}
