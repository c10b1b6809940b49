import type { Day } from "@/lib/contract/day";
import type { DayWarningCode, Fact } from "@/lib/contract/problem";
import { type Circuit, detailOf } from "@/server/sync/trying/circuit";
import { withDeadline } from "@/server/sync/trying/deadline";
import { BadRowsError, DayFailure, PauseError, SourceError, timedOut, wordsOf } from "@/server/sync/errors";
import type { Clock, Log } from "@/server/sync/ports";
import type { Fetched, Source } from "@/server/sync/source-ports";
import { createRateWaits } from "@/server/sync/trying/rate-waits";
import { withRetry } from "@/server/sync/trying/retry";
import { applyRowRules, type ExchangeRules, type JudgedRows } from "@/server/sync/rows/row-rules";
import { takeTurns } from "@/server/sync/rows/turns";
import type { Wait } from "@/server/sync/task/task-record";

/** A task whose day found no patience any more goes on after this at the earliest. */
const RATE_PAUSE_MS = 5 * 60_000;
/** A source that asks to come later is heard up to this; the tries of a day are not for hours. */
const LONGEST_RETRY_MS = 60_000;
const MOST_DAYS_NAMED = 10;

/** Hears how a fetch goes. */
export interface FetchWatch {
  progressed(done: number, of: number | null): void;
  /** The fetch waits; null = it goes on. */
  waiting(wait: Wait | null): void;
  attempt(attempt: number): void;
}

export interface FetchDayOptions {
  clock: Clock;
  log: Log;
  source: Source;
  exchange: ExchangeRules;
  taskId: string;
  /** For asking and trying again; waits for the rate do not count. */
  dayTimeoutMs: number;
  circuit: Circuit;
  /** Ends a wait for the rate: a day that only waits need not be brought home. */
  pausing: AbortSignal;
  /** True for the day that the source is not expected to have yet. */
  notDue(day: Day): boolean;
}

/** What the source had for a day, after the row rules. */
export type FetchedDay = Exclude<Fetched, { kind: "rows" }> | { kind: "rows"; judged: JudgedRows; expected: number | null };

/** Nobody asks a source for a day that the calendar has closed: the day after says what the operator can set. */
function calendarDiffers(openBefore: readonly Day[]): Fact<DayWarningCode>[] {
  if (openBefore.length === 0) return [];
  // As CALENDAR_OPEN takes them; of a calendar of another exchange the first ones tell enough.
  const days = openBefore.slice(0, MOST_DAYS_NAMED).join(",");
  return [{ code: "calendar_differs", params: { count: openBefore.length, days } }];
}

/**
 * Asks the source for a day: three tries within the day's deadline, and as many waits for its rate as its patience allows.
 * Throws what the last try came to, PauseError where the whole task must wait, or the reason of `pausing` or the signal.
 */
export function createFetchDay(options: FetchDayOptions) {
  const { clock, log, source, circuit } = options;
  const tooLate = () => timedOut(options.dayTimeoutMs);

  async function ask(day: Day, deadline: AbortSignal, watch: FetchWatch): Promise<FetchedDay> {
    const fetched = await source.fetchDay(day, {
      signal: deadline,
      // A source that goes on after its time is up speaks of a day that is over.
      onProgress: (done, of) => {
        if (!deadline.aborted) watch.progressed(done, of);
      },
    });
    if (fetched.kind !== "rows") return fetched;
    const judged = await takeTurns(applyRowRules(fetched.rows, day, options.exchange), () => clock.giveWay(), deadline);
    return {
      kind: "rows",
      judged: { ...judged, warnings: [...judged.warnings, ...calendarDiffers(fetched.openBefore ?? [])] },
      expected: fetched.expected ?? null,
    };
  }

  function worthRetrying(error: unknown, day: Day): boolean {
    if (error instanceof BadRowsError || error instanceof DayFailure) return false;
    if (!(error instanceof SourceError)) return true;
    return error.retry && !(error.refusal === "later" && options.notDue(day));
  }

  return async function fetchDay(day: Day, signal: AbortSignal, watch: FetchWatch): Promise<FetchedDay> {
    circuit.pass();
    const rate = createRateWaits();
    let attempts = 1;
    let askedMs = 0;
    const tries = (deadline: AbortSignal) =>
      withRetry(() => ask(day, deadline, watch), {
        clock,
        signal: deadline,
        firstAttempt: attempts,
        onAttempt(attempt) {
          attempts = attempt;
          watch.waiting(null);
          watch.attempt(attempt);
        },
        worthRetrying: (error) => worthRetrying(error, day),
        atLeastMs: (error) => (error instanceof SourceError ? Math.min(LONGEST_RETRY_MS, error.waitMs ?? 0) : 0),
        onWait(error, waitMs) {
          log.warn({ task_id: options.taskId, date: day, waitMs, err: wordsOf(error) }, "fetch failed, trying again");
          watch.waiting({ code: "retrying", until_ms: clock.now() + waitMs });
        },
      });
    for (;;) {
      const begunMs = clock.monotonic();
      try {
        return await withDeadline(clock, Math.max(1, options.dayTimeoutMs - askedMs), signal, tooLate, tries);
      } catch (error) {
        signal.throwIfAborted();
        circuit.heed(error);
        if (!(error instanceof SourceError && error.refusal === "rate")) throw error;
        askedMs += clock.monotonic() - begunMs;
        await waitForRate(error, rate.next(error.waitMs));
      }
    }

    async function waitForRate(error: SourceError, waitMs: number | null): Promise<void> {
      if (waitMs === null) {
        const resumeMs = clock.now() + Math.max(RATE_PAUSE_MS, error.waitMs ?? 0);
        throw new PauseError({ reason: "rate_limited", resumeMs, detail: detailOf(error.params) });
      }
      log.info({ task_id: options.taskId, date: day, waitMs, err: wordsOf(error) }, "the source limits the rate, waiting");
      watch.waiting({ code: "rate_limited", until_ms: clock.now() + waitMs });
      await clock.sleep(waitMs, AbortSignal.any([signal, options.pausing]));
    }
  };
}
