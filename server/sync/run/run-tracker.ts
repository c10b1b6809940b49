import type { Day } from "@/lib/contract/day";
import type { TaskDay } from "@/lib/contract/task";
import { LeaseLostError, wordsOf } from "@/server/sync/errors";
import { skippedOutcome } from "@/server/sync/day/outcomes";
import { createLiveState } from "./live-state";
import type { Clock, Log, SyncEvents } from "@/server/sync/ports";
import type { DayOutcome, PlannedDay, WorkSession } from "@/server/sync/session-ports";
import {
  MAX_PROGRESS_ERRORS,
  type RecordedError,
  type TaskCounts,
  type TaskRecord,
  type Wait,
} from "@/server/sync/task/task-record";

/** Outcomes are published at most this often, live state (fetched n of m) at most once a second. */
const PUBLISH_EVERY_MS = 250;
const PUBLISH_LIVE_EVERY_MS = 1_000;

export interface RunTrackerOptions {
  clock: Clock;
  log: Log;
  events: SyncEvents;
  session: Pick<WorkSession, "publish">;
  /** The lease is lost. Any other publication that fails is made up for by the next one. */
  onFailure(error: unknown): void;
}

/**
 * The running task in memory: what the watchers of this instance see at once. The database hears of it a few times a second,
 * from one place and in order, so that every other instance and every reload see the same.
 */
export function createRunTracker(task: TaskRecord, plan: readonly PlannedDay[], options: RunTrackerOptions) {
  const { clock, events, session } = options;
  const outcomes = new Map<Day, DayOutcome>();
  const state = createLiveState(clock);
  const counts: TaskCounts = { success: 0, failed: 0, skipped: 0, suspect: 0, rows: 0 };
  let errors: RecordedError[] = [...task.errors];
  let seq = task.seq;
  let daysSeq = task.days_seq;
  let fetchLeft = 0;
  /** Days with a new outcome, and whether anything else changed, since the last publication. */
  let changed: Day[] = [];
  let stale = false;
  let publishing: Promise<void> | null = null;
  const ended = new AbortController();

  for (const day of plan) {
    if (day.outcome) count(day.outcome);
    else if (day.action === "fetch") fetchLeft += 1;
  }

  function count(outcome: DayOutcome): void {
    if (outcomes.has(outcome.date)) return;
    outcomes.set(outcome.date, outcome);
    counts[outcome.status] += 1;
    if (outcome.suspect) counts.suspect += 1;
    if (outcome.status === "success") counts.rows += outcome.rows ?? 0;
  }

  const live = () => state.now(fetchLeft);

  /** Tells of a change: at once here, soon in the database. */
  function touch(): void {
    stale = true;
    events.taskChanged();
    publishing ??= publishSoon().finally(() => {
      publishing = null;
      if (!ended.signal.aborted && (stale || changed.length > 0)) touch();
    });
  }

  const telling =
    <What extends unknown[]>(change: (...what: What) => void) =>
    (...what: What): void => {
      change(...what);
      touch();
    };

  async function publishSoon(): Promise<void> {
    try {
      // An outcome that arrives while only live state waits does not wait out the longer time.
      let waitedMs = 0;
      do {
        await clock.sleep(PUBLISH_EVERY_MS, ended.signal);
        waitedMs += PUBLISH_EVERY_MS;
      } while (changed.length === 0 && waitedMs < PUBLISH_LIVE_EVERY_MS);
      await publish();
    } catch (error) {
      if (ended.signal.aborted) return;
      if (error instanceof LeaseLostError) return options.onFailure(error);
      options.log.warn({ task_id: task.task_id, err: wordsOf(error) }, "progress could not be published");
      await clock.sleep(PUBLISH_LIVE_EVERY_MS, ended.signal).catch(() => {});
    }
  }

  async function publish(): Promise<void> {
    const days = changed;
    changed = [];
    stale = false;
    try {
      const numbers = await session.publish(task.task_id, { ...counts }, live(), days);
      seq = numbers.seq;
      daysSeq = numbers.days_seq;
    } catch (error) {
      changed = [...days, ...changed];
      stale = true;
      throw error;
    }
    if (days.length > 0)
      events.daysChanged(
        task.task_id,
        daysSeq,
        days.flatMap((date) => asTaskDay(outcomes.get(date))),
      );
  }

  /** Nothing more is published by itself; what was on its way has arrived. */
  async function end(): Promise<void> {
    ended.abort(new Error("the run ended"));
    await publishing;
  }

  return {
    fetching: telling(state.fetching),
    waiting(wait: Wait | null): void {
      if (state.waiting(wait)) touch();
    },
    fetchedSoFar: telling(state.fetchedSoFar),
    walkBegun: telling(state.walkBegun),
    collected: telling(state.collected),
    walkEnded: telling(state.walkEnded),
    storing: telling(state.storing),
    /** A day of the plan has its outcome, committed; the skipped days before it went along. */
    done(outcome: DayOutcome, skipsBefore: readonly PlannedDay[]): void {
      state.done(outcome.date);
      for (const skipped of skipsBefore) count(skippedOutcome(skipped));
      count(outcome);
      if (outcome.error) {
        errors = [{ ...outcome.error, date: outcome.date, time_ms: clock.now() }, ...errors].slice(0, MAX_PROGRESS_ERRORS);
      }
      fetchLeft -= 1;
      changed.push(...skipsBefore.map((day) => day.date), outcome.date);
      touch();
    },
    /** Every day that the plan fetches has its outcome. */
    isWhole: () => fetchLeft === 0,
    /** The task as it stands at this moment. */
    record(): TaskRecord {
      return { ...task, ...counts, errors, seq, days_seq: daysSeq, live: live() };
    },
    /** Publishes the outcomes that were not told yet: whoever goes on with the task shows the same numbers. */
    async flush(): Promise<void> {
      await end();
      if (changed.length > 0) await publish().catch(() => {});
    },
    end,
  };
}

export type RunTracker = ReturnType<typeof createRunTracker>;

function asTaskDay(outcome: DayOutcome | undefined): TaskDay[] {
  if (!outcome) return [];
  // Rows left out are asked for one day at a time.
  const { rejected_sample: _, ...day } = outcome;
  return [day];
}
