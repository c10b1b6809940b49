import type { QueryClient } from "@tanstack/react-query";
import type { SyncDays, SyncState } from "@/lib/contract/events";
import { isFinal } from "@/lib/contract/task-rules";
import type { Progress, TaskSummary } from "@/lib/contract/task";
import { applyDays, daysFeed, type HeldDays } from "@/components/data/days-feed";
import { keys } from "@/components/data/keys";

/** Puts the pushed numbers into the task that was read over REST, if they are newer. */
export function freshenTask(queries: QueryClient, state: SyncState): void {
  for (const progress of [state.last, state.current]) {
    if (progress) queries.setQueryData<TaskSummary>(keys.task(progress.task_id), (held) => withProgress(held, progress));
  }
}

function withProgress(held: TaskSummary | undefined, progress: Progress): TaskSummary | undefined {
  if (!held || progress.seq <= held.seq) return held;
  return { ...held, ...progress };
}

/** A task began, ended or changed hands, or the database is back: what was read before that is old. */
export function noteChange(queries: QueryClient, before: SyncState | null, after: SyncState): void {
  if (before && !before.database.ok && after.database.ok) return catchUpAll(queries);
  const moved = before?.current?.task_id !== after.current?.task_id || before?.current?.status !== after.current?.status;
  const ended = before?.last?.task_id !== after.last?.task_id;
  if (!before || (!moved && !ended)) return;
  void queries.invalidateQueries({ queryKey: keys.tasks });
  noteCoverage(queries);
  const finished = after.last;
  if (ended && finished && isFinal(finished.status)) {
    void queries.invalidateQueries({ queryKey: keys.task(finished.task_id) });
    void queries.invalidateQueries({ queryKey: keys.taskDays(finished.task_id) });
  }
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

/** The page was away: everything it shows may be old. */
export function catchUpAll(queries: QueryClient): void {
  daysFeed.forget();
  void queries.invalidateQueries();
}
