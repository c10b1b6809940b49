import type { QueryClient } from "@tanstack/react-query";
import type { SyncDays, SyncState } from "@/lib/contract/events";
import type { Progress, TaskSummary } from "@/lib/contract/task";
import { applyDays, daysFeed, type HeldDays } from "@/components/data/days-feed";
import { keys } from "@/components/data/keys";
import { makeAllOldAtOnce, makeOld } from "@/components/data/make-old";
import { pushedTasks } from "./pushed-task";

/** Puts the pushed numbers into the task that was read over REST, if they are newer. */
export function freshenTask(queries: QueryClient, state: SyncState): void {
  for (const progress of pushedTasks(state)) {
    const key = keys.task(progress.task_id);
    const held = queries.getQueryState<TaskSummary>(key);
    if (!held?.data || !isNews(held.data, progress)) continue;
    // Only its numbers are new: the rest is as old as it was, and what was found old stays so until it is read.
    queries.setQueryData<TaskSummary>(key, { ...held.data, ...progress }, { updatedAt: held.dataUpdatedAt });
    if (held.isInvalidated) void queries.invalidateQueries({ queryKey: key, refetchType: "none" });
    // Somebody did something to it, it was planned or it ended: who, what was predicted and what came of it is only in the whole.
    if (held.data.status !== progress.status || held.data.fetch_days !== progress.fetch_days) makeOld(queries, { queryKey: key });
  }
  freshenPlan(queries, state.current);
}

/** A wish is in the pushed status before it has a number of its own. */
function isNews(held: TaskSummary, progress: Progress): boolean {
  return progress.seq > held.seq || (progress.seq === held.seq && progress.status !== held.status);
}

/** The days were read before the plan was written: no delta tells of a plan, and what is still to come would be missing. */
function freshenPlan(queries: QueryClient, current: Progress | null): void {
  if (!current || current.fetch_days === 0) return;
  const key = keys.taskDays(current.task_id);
  const held = queries.getQueryData<HeldDays>(key);
  if (held && held.days.length < current.total) makeOld(queries, { queryKey: key });
}

/** Something began, ended or changed hands, a day of the calendar came, or the database is back: what was read before that is old. */
export function noteChange(queries: QueryClient, before: SyncState | null, after: SyncState): void {
  if (before && !before.database.ok && after.database.ok) return catchUpAll(queries);
  // What was asked before the first state may be from before it: only what happens from now on is told.
  if (!before || calendarOf(before) !== calendarOf(after)) return makeOld(queries);
  if (deedsOf(before) === deedsOf(after)) return;
  for (const queryKey of [keys.tasks, keys.allTasks, keys.allTaskDays]) makeOld(queries, { queryKey });
  noteCoverage(queries);
}

/** Midnight and the publish hour make other days due. */
const calendarOf = ({ today, last_due_day }: SyncState) => `${today} ${last_due_day}`;

/**
 * All that was done to any task, and all that was done under the lease. States are only told now and then: what began and
 * ended between two of them shows in the numbers of the tasks, or in that of the lease.
 */
function deedsOf({ current, last, queue, paused, epoch }: SyncState): string {
  const waiting = [queue, paused].map(({ count, tasks }) => [count, ...tasks.map(({ task_id, seq }) => `${task_id}:${seq}`)]);
  return JSON.stringify([current?.task_id, current?.status, last?.task_id, last?.seq, epoch, waiting]);
}

/** The wall marks the day in work, and no delta tells of one that is taken up: a long one would wait there until it is over. */
export function isOnAnotherDay(before: SyncState | null, after: SyncState): boolean {
  return before?.current?.current_date !== after.current?.current_date;
}

/** Days of a task changed: the next delta goes in, a gap reads them again. */
export function applyDelta(queries: QueryClient, delta: SyncDays): void {
  daysFeed.remember(delta);
  const key = keys.taskDays(delta.task_id);
  const held = queries.getQueryData<HeldDays>(key);
  if (!held) return;
  const next = applyDays(held, delta);
  if (next) queries.setQueryData(key, next);
  else makeOld(queries, { queryKey: key });
}

/** Coverage changed somewhere, and with it what a plan would do, how the source answered last, the last good day, and rows that are looked at. */
export function noteCoverage(queries: QueryClient): void {
  for (const queryKey of [keys.coverage, keys.preview, keys.console, keys.allDayRows]) makeOld(queries, { queryKey });
}

/** A schedule was changed or fired somewhere. */
export function noteSchedules(queries: QueryClient): void {
  makeOld(queries, { queryKey: keys.schedules });
}

/** The page was away: everything it shows may be old. */
export function catchUpAll(queries: QueryClient): void {
  daysFeed.forget();
  makeAllOldAtOnce(queries);
}
