import type { Day } from "@/lib/contract/day";
import type { DayWarningCode, Fact } from "@/lib/contract/problem";
import type { RejectedRow } from "@/lib/contract/task";
import { whileAway } from "@/server/sync/trying/away";
import { addLoadedDay } from "@/server/sync/plan/completeness";
import { withDeadline } from "@/server/sync/trying/deadline";
import { DayFailure, DiskFullError, LeaseLostError, PauseError, SourceError, sourceEmpty, wordsOf } from "@/server/sync/errors";
import { createFetchDay, type FetchDayOptions, type FetchWatch } from "./fetch-day";
import { judgeDay } from "./judge-day";
import { saysClosed } from "@/server/sync/plan/learnt-closures";
import type { Ledger } from "@/server/sync/plan/ledger";
import { asFailure, failedOutcome, outcomeOf, worthStoringAgain } from "./outcomes";
import type { DayOutcome, EncodedDay, WorkSession } from "@/server/sync/ports";
import { withRetry } from "@/server/sync/trying/retry";
import type { Rows } from "@/server/sync/rows/cut-rows";
import type { Step } from "./steps";

export interface SyncDayOptions extends FetchDayOptions {
  session: Pick<WorkSession, "storeDay" | "recordOutcome">;
  encode(rows: Rows): Promise<EncodedDay>;
  ledger: Ledger;
  /** Sorted days of the ledger that count as loaded; kept up to date here. */
  loadedDays: Day[];
  acceptIncomplete: boolean;
  sampleIntoExisting: boolean;
  /** True for the exchange's today: a source that is late with it is asked again by whoever asks next. */
  isToday(day: Day): boolean;
}

/** A fetched day on its way to the table, or one that already has its outcome. */
export interface ReadyDay {
  step: Step;
  startedMs: number;
  fetchMs: number;
  attempts: number;
  content:
    | {
        kind: "rows";
        encoded: EncodedDay;
        rejected: number;
        rejectedSample: readonly RejectedRow[];
        warnings: Fact<DayWarningCode>[];
        expected: number | null;
      }
    | { kind: "outcome"; outcome: DayOutcome };
}

/** The road of one day: `fetch` asks, checks and encodes before any transaction begins, `store` judges and commits. */
export function createSyncDay(options: SyncDayOptions) {
  const { clock, log, source, session, taskId, ledger } = options;
  const fetchDay = createFetchDay(options);
  const retryLog = (day: Day, what: string) => (error: unknown, waitMs: number) =>
    log.warn({ task_id: taskId, date: day, waitMs, err: wordsOf(error) }, `${what} failed, trying again`);
  const timedOut = () => new DayFailure("timeout", { seconds: Math.round(options.dayTimeoutMs / 1000) });

  async function fetch(step: Step, signal: AbortSignal, watch: Omit<FetchWatch, "attempt">): Promise<ReadyDay> {
    const { date } = step;
    const startedMs = clock.now();
    const begun = clock.monotonic();
    let attempts = 0;
    const ready = (content: ReadyDay["content"]): ReadyDay => ({
      step,
      startedMs,
      fetchMs: clock.monotonic() - begun,
      attempts,
      content,
    });
    const skipped = (reason: "not_published" | "holiday") =>
      ready({ kind: "outcome", outcome: outcomeOf(date, source.name, { status: "skipped", reason, attempts }) });
    try {
      if (source.sample && !options.sampleIntoExisting && holdsRealDay(date)) throw new DayFailure("sample_into_existing", {});
      const attempt = (number: number) => {
        attempts = number;
      };
      const fetched = await fetchDay(date, signal, { ...watch, attempt });
      // The source knows better than a list of holidays.
      if (fetched.kind === "closed") return skipped("holiday");
      if (fetched.kind === "nothing" || fetched.judged.rows.length === 0) {
        if (options.notDue(date)) return skipped("not_published");
        throw sourceEmpty(fetched.kind === "nothing" ? fetched.missing : undefined);
      }
      const { rows, rejected, rejectedSample, warnings } = fetched.judged;
      const { expected } = fetched;
      return ready({ kind: "rows", encoded: await options.encode(rows), rejected, rejectedSample, warnings, expected });
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof PauseError || (options.pausing.aborted && error === options.pausing.reason)) throw error;
      if (asksForLater(error, date)) return skipped("not_published");
      const spent = { attempts, duration_ms: Math.round(clock.monotonic() - begun) };
      return ready({ kind: "outcome", outcome: failedOutcome(date, source.name, asFailure(error, "source_error"), spent) });
    }
  }

  /**
   * A day that is not due may come later, whatever the source calls it. Today's rows may be late: the day is not failed for
   * that, and whoever asks next finds it missing. A gateway that is down says nothing of the day, so only the word counts.
   */
  function asksForLater(error: unknown, day: Day): boolean {
    if (!(error instanceof SourceError && error.refusal === "later")) return false;
    return options.notDue(day) || (options.isToday(day) && error.params["kind"] === "later");
  }

  function holdsRealDay(day: Day): boolean {
    const held = ledger.get(day);
    return held !== undefined && held.state !== "failed" && held.source !== "sample";
  }

  async function store(ready: ReadyDay, signal: AbortSignal): Promise<DayOutcome> {
    const { step, content } = ready;
    if (content.kind === "outcome") return record(content.outcome, step, signal);
    const begun = clock.monotonic();
    const spentMs = () => Math.round(ready.fetchMs + clock.monotonic() - begun);
    let attempts = 0;
    try {
      const verdict = judgeDay(step.date, content.encoded, {
        ledger,
        loadedDays: options.loadedDays,
        source: source.name,
        acceptIncomplete: options.acceptIncomplete,
        expected: content.expected,
      });
      const suspect = verdict.state === "suspect";
      // What the table says of the day is what the watchers hear.
      let writtenMs = spentMs();
      const durationMs = () => {
        writtenMs = spentMs();
        return writtenMs;
      };
      const outcome = (): DayOutcome =>
        outcomeOf(step.date, source.name, {
          status: "success",
          reason: suspect ? "few_rows" : null,
          rows: content.encoded.rows,
          rejected: content.rejected,
          rejected_sample: content.rejectedSample,
          suspect,
          warnings: verdict.warning ? [verdict.warning, ...content.warnings] : content.warnings,
          attempts: ready.attempts + attempts - 1,
          duration_ms: writtenMs,
        });
      let writing = Promise.resolve();
      const storeOnce = (deadline: AbortSignal) => {
        const { startedMs } = ready;
        const { state, confirmed } = verdict;
        const { encoded, expected } = content;
        const skipsBefore = step.skipsBefore;
        writing = patiently(deadline, () =>
          session.storeDay(
            taskId,
            { outcome: outcome(), encoded, state, confirmed, expected, startedMs, durationMs, skipsBefore },
            deadline,
          ),
        );
        return writing;
      };
      const stored = withDeadline(clock, Math.max(1, options.dayTimeoutMs - ready.fetchMs), signal, timedOut, (deadline) =>
        withRetry(() => storeOnce(deadline), {
          clock,
          signal: deadline,
          onAttempt: (attempt) => {
            attempts = attempt;
          },
          worthRetrying: worthStoringAgain,
          onWait: retryLog(step.date, "store"),
        }),
      );
      await stored.catch(async (error: unknown) => {
        // The time was up while a COMMIT may have been on its way: the write itself says what became of it.
        const [write] = signal.aborted || attempts === 0 ? [] : await Promise.allSettled([writing]);
        if (write?.status !== "fulfilled") throw error;
      });
      const { rows, checksum } = content.encoded;
      const { state, confirmed } = verdict;
      ledger.set(step.date, {
        date: step.date,
        state,
        rows,
        checksum,
        confirmed,
        source: source.name,
        expected: content.expected,
      });
      addLoadedDay(options.loadedDays, step.date);
      return outcome();
    } catch (error) {
      // For want of room nothing is said of the day: the task pauses and brings it later.
      if (error instanceof LeaseLostError || error instanceof DiskFullError || signal.aborted) throw error;
      const spent = { attempts: ready.attempts + Math.max(0, attempts - 1), duration_ms: spentMs() };
      return record(failedOutcome(step.date, source.name, asFailure(error, "database_error"), spent), step, signal);
    }
  }

  async function record(outcome: DayOutcome, step: Step, signal: AbortSignal): Promise<DayOutcome> {
    await withRetry(() => patiently(signal, () => session.recordOutcome(taskId, outcome, step.skipsBefore)), {
      clock,
      signal,
      onAttempt: () => {},
      worthRetrying: (error) => error instanceof DayFailure,
      onWait: retryLog(outcome.date, "record"),
    });
    const held = ledger.get(outcome.date);
    if (outcome.status === "failed" && (!held || held.state === "failed")) {
      const { date } = outcome;
      ledger.set(date, { date, state: "failed", rows: 0, checksum: null, confirmed: false, source: source.name });
    }
    // Nothing is wrong with a closed day.
    if (saysClosed(outcome) && held?.state === "failed") ledger.delete(outcome.date);
    return outcome;
  }

  /** A database that is away is no verdict on the day: it is done again until it answers or the lease is lost. */
  function patiently(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    return whileAway({ clock, log, taskId, signal }, work);
  }

  return { fetch, store };
}
