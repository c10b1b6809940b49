import type { QueryClient } from "@tanstack/react-query";
import type { SyncDays, SyncState } from "@/lib/contract/events";
import { isFinal } from "@/lib/contract/task-rules";
import type { Progress, TaskSummary } from "@/lib/contract/task";
import { applyDays, daysFeed, type HeldDays } from "@/components/data/days-feed";
import { keys } from "@/components/data/keys";

/** Puts the pushed numbers into the task that was read over REST, if they are newer. */
export function freshenTask(queries: QueryClient, state: SyncState): void {
  for (const progress of [state.last, ...state.queue.tasks, ...state.paused.tasks, state.current]) {
    if (!progress) continue;
    const key = keys.task(progress.task_id);
    const held = queries.getQueryData<TaskSummary>(key);
    if (!held || !isNews(held, progress)) continue;
    queries.setQueryData<TaskSummary>(key, { ...held, ...progress });
    // Somebody did something to it, or it ended: who did and what came of it is only in the whole task.
    if (held.status !== progress.status) void queries.invalidateQueries({ queryKey: key });
  }
}

/** A wish is in the pushed status before it has a number of its own. */
function isNews(held: TaskSummary, progress: Progress): boolean {
  return progress.seq > held.seq || (progress.seq === held.seq && progress.status !== held.status);
}

/** A task began, ended or changed hands, or the database is back: what was read before that is old. */
export function noteChange(queries: QueryClient, before: SyncState | null, after: SyncState): void {
  if (before && !before.database.ok && after.database.ok) return catchUpAll(queries);
  const moved = before?.current?.task_id !== after.current?.task_id || before?.current?.status !== after.current?.status;
  const ended = before?.last?.task_id !== after.last?.task_id;
  const left = leftQueue(before, after);
  if (!before || (!moved && !ended && idleOf(before) === idleOf(after))) return;
  for (const id of left) void queries.invalidateQueries({ queryKey: keys.task(id) });
  // It may have been paused by the server, without a word before.
  if (moved && before?.current) void queries.invalidateQueries({ queryKey: keys.task(before.current.task_id) });
  void queries.invalidateQueries({ queryKey: keys.tasks });
  noteCoverage(queries);
  const finished = after.last;
  if (ended && finished && isFinal(finished.status)) {
    void queries.invalidateQueries({ queryKey: keys.task(finished.task_id) });
    void queries.invalidateQueries({ queryKey: keys.taskDays(finished.task_id) });
  }
}

/** The tasks that wait or are paused: one may begin and pause between two states. */
const idleOf = ({ queue, paused }: SyncState) =>
  [queue, paused].map(({ count, tasks }) => `${count} ${tasks.map((task) => task.task_id).join(" ")}`).join("; ");

function leftQueue(before: SyncState | null, after: SyncState): string[] {
  const waiting = new Set(after.queue.tasks.map((task) => task.task_id));
  return (before?.queue.tasks ?? []).map((task) => task.task_id).filter((id) => !waiting.has(id));
}

/** Days of a task changed: the next delta goes in, a gap reads them again. */
export function applyDelta(queries: QueryClient, delta: SyncDays): void {
  daysFeed.remember(delta);
  const key = keys.taskDays(delta.task_id);
  const held = queries.getQueryData<HeldDays>(key);
  if (!held) return;
  const next = applyDays(held, delta);
  if (next) queries.setQueryData(key, next);
  else void queries.invalidateQueries({ queryKey: key }, { cancelRefetch: false });
}

/** Coverage changed somewhere, and with it what a plan would do, how the source answered last, and the last good day. */
export function noteCoverage(queries: QueryClient): void {
  void queries.invalidateQueries({ queryKey: keys.coverage });
  void queries.invalidateQueries({ queryKey: keys.preview });
  void queries.invalidateQueries({ queryKey: keys.console });
}

/** A schedule was changed or fired somewhere. */
export function noteSchedules(queries: QueryClient): void {
  void queries.invalidateQueries({ queryKey: keys.schedules });
}

/** The page was away: everything it shows may be old. */
export function catchUpAll(queries: QueryClient): void {
  daysFeed.forget();
  void queries.invalidateQueries();
}
