import type { Day } from "@/lib/contract/day";
import type { TaskDay } from "@/lib/contract/task";
import { LeaseLostError, wordsOf } from "@/server/sync/errors";
import { skippedOutcome } from "@/server/sync/day/outcomes";
import { createEta } from "@/server/sync/time/eta";
import type { Clock, DayOutcome, Log, PlannedDay, SyncEvents, WorkSession } from "@/server/sync/ports";
import {
  type LiveState,
  MAX_PROGRESS_ERRORS,
  type RecordedError,
  type TaskCounts,
  type TaskRecord,
  type Wait,
} from "@/server/sync/task/task-record";
import { createWalkEta, type WalkEta } from "@/server/sync/time/walk-eta";

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
  const eta = createEta(clock.monotonic());
  const outcomes = new Map<Day, DayOutcome>();
  const inWork = new Map<Day, "fetching" | "storing">();
  const counts: TaskCounts = { success: 0, failed: 0, skipped: 0, suspect: 0, rows: 0 };
  let errors: RecordedError[] = [...task.errors];
  let fetched: LiveState["fetched"] = null;
  /** The walk over the symbols of a chunk, while it goes on; and the days that wait for another walk. */
  let walk: WalkEta | null = null;
  let daysToCollect = 0;
  /** What the day that is being fetched waits for. */
  let waitsFor: Wait | null = null;
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

  function live(): LiveState {
    const [current, phase] = inWork.entries().next().value ?? [null, null];
    const wait = phase === "fetching" ? waitsFor : null;
    return {
      current_date: current,
      phase: wait ? "waiting" : phase,
      fetched: phase === "fetching" ? fetched : null,
      // Nobody knows the time left while the source keeps us waiting; a number that grows in silence would say it did.
      eta: wait ? null : etaNow(),
      wait,
    };
  }

  /** Of several walks only the one under way can be reckoned: nothing is said while another one is to come. */
  function etaNow(): LiveState["eta"] {
    const now = clock.monotonic();
    if (daysToCollect > 0) return null;
    return walk ? walk.range(fetchLeft, now) : eta.range(fetchLeft, now);
  }

  function touch(): void {
    stale = true;
    events.taskChanged();
    publishing ??= publishSoon().finally(() => {
      publishing = null;
      if (!ended.signal.aborted && (stale || changed.length > 0)) touch();
    });
  }

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
    fetching(date: Day): void {
      inWork.set(date, "fetching");
      fetched = null;
      waitsFor = null;
      touch();
    },
    waiting(wait: Wait | null): void {
      if (wait === waitsFor) return;
      waitsFor = wait;
      touch();
    },
    fetchedSoFar(done: number, of: number | null): void {
      fetched = of === null ? null : { done, of, unit: "rows" };
      touch();
    },
    /** A walk over the symbols begins, before the first day of its chunk; so many days wait for another one. */
    walkBegun(daysLeft: number): void {
      walk = createWalkEta();
      daysToCollect = daysLeft;
      touch();
    },
    collected(done: number, of: number | null): void {
      fetched = of === null ? null : { done, of, unit: "symbols" };
      if (of !== null) walk?.progressed(done, of, clock.monotonic());
      touch();
    },
    walkEnded(): void {
      walk = null;
      fetched = null;
      eta.restart(clock.monotonic());
      touch();
    },
    storing(date: Day): void {
      inWork.set(date, "storing");
      touch();
    },
    /** A day of the plan has its outcome, committed; the skipped days before it went along. */
    done(outcome: DayOutcome, skipsBefore: readonly PlannedDay[]): void {
      inWork.delete(outcome.date);
      for (const skipped of skipsBefore) count(skippedOutcome(skipped));
      count(outcome);
      if (outcome.error) {
        errors = [{ ...outcome.error, date: outcome.date, time_ms: clock.now() }, ...errors].slice(0, MAX_PROGRESS_ERRORS);
      }
      fetchLeft -= 1;
      eta.dayDone(clock.monotonic());
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
