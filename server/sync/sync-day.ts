import type { Day } from "@/lib/contract/day";
import type { DayWarningCode, Fact } from "@/lib/contract/problem";
import { whileAway } from "./away";
import { addLoadedDay } from "./completeness";
import { withDeadline } from "./deadline";
import { BadRowsError, DayFailure, LeaseLostError, SourceError, wordsOf } from "./errors";
import { judgeDay } from "./judge-day";
import type { Ledger } from "./ledger";
import { asFailure, failedOutcome, outcomeOf, worthStoringAgain } from "./outcomes";
import type { Clock, DayOutcome, EncodedDay, FetchOptions, Log, Source, WorkSession } from "./ports";
import { withRetry } from "./retry";
import type { Row } from "./row";
import { applyRowRules } from "./row-rules";
import type { Step } from "./steps";

export interface SyncDayOptions {
  clock: Clock;
  log: Log;
  source: Source;
  session: Pick<WorkSession, "storeDay" | "recordOutcome">;
  encode(rows: readonly Row[]): EncodedDay;
  taskId: string;
  ledger: Ledger;
  /** Sorted days of the ledger that count as loaded; kept up to date here. */
  loadedDays: Day[];
  acceptIncomplete: boolean;
  sampleIntoExisting: boolean;
  dayTimeoutMs: number;
  /** True for the day that the source is not expected to have yet. */
  notDue(day: Day): boolean;
}

/** A fetched day on its way to the table, or one that already has its outcome. */
export interface ReadyDay {
  step: Step;
  startedMs: number;
  fetchMs: number;
  attempts: number;
  content:
    | { kind: "rows"; encoded: EncodedDay; rejected: number; warnings: Fact<DayWarningCode>[] }
    | { kind: "outcome"; outcome: DayOutcome };
}

type Progressed = (done: number, of: number | null) => void;

/** The road of one day: `fetch` asks, checks and encodes before any transaction begins, `store` judges and commits. */
export function createSyncDay(options: SyncDayOptions) {
  const { clock, log, source, session, taskId, ledger } = options;
  const retryLog = (day: Day, what: string) => (error: unknown, waitMs: number) =>
    log.warn({ task_id: taskId, date: day, waitMs, err: wordsOf(error) }, `${what} failed, trying again`);
  const timedOut = () => new DayFailure("timeout", { seconds: Math.round(options.dayTimeoutMs / 1000) });

  async function fetchRows(day: Day, signal: AbortSignal, onProgress: Progressed, onAttempt: (attempt: number) => void) {
    const ask = async (deadline: AbortSignal) => {
      const request: FetchOptions = {
        signal: deadline,
        // A source that goes on after its time is up speaks of a day that is over.
        onProgress: (done, of) => {
          if (!deadline.aborted) onProgress(done, of);
        },
      };
      const fetched = await source.fetchDay(day, request);
      return fetched.kind === "rows" ? applyRowRules(fetched.rows, day) : null;
    };
    return withDeadline(clock, options.dayTimeoutMs, signal, timedOut, (deadline) =>
      withRetry(() => ask(deadline), {
        clock,
        signal: deadline,
        onAttempt,
        worthRetrying: (error) =>
          !(error instanceof BadRowsError) && !(error instanceof DayFailure) && !(error instanceof SourceError && !error.retry),
        onWait: retryLog(day, "fetch"),
      }),
    );
  }

  async function fetch(step: Step, signal: AbortSignal, onProgress: Progressed): Promise<ReadyDay> {
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
    try {
      if (source.sample && !options.sampleIntoExisting && holdsRealDay(step.date))
        throw new DayFailure("sample_into_existing", {});
      const checked = await fetchRows(step.date, signal, onProgress, (attempt) => {
        attempts = attempt;
      });
      if (!checked || checked.rows.length === 0) {
        if (!options.notDue(step.date)) throw new DayFailure("source_empty", {});
        return ready({
          kind: "outcome",
          outcome: outcomeOf(step.date, source.name, { status: "skipped", reason: "not_published", attempts }),
        });
      }
      return ready({
        kind: "rows",
        encoded: options.encode(checked.rows),
        rejected: checked.rejected,
        warnings: checked.warnings,
      });
    } catch (error) {
      signal.throwIfAborted();
      const spent = { attempts, duration_ms: Math.round(clock.monotonic() - begun) };
      return ready({ kind: "outcome", outcome: failedOutcome(step.date, source.name, asFailure(error, "source_error"), spent) });
    }
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
      });
      const suspect = verdict.state === "suspect";
      const outcome = (): DayOutcome =>
        outcomeOf(step.date, source.name, {
          status: "success",
          reason: suspect ? "few_rows" : null,
          rows: content.encoded.rows,
          rejected: content.rejected,
          suspect,
          warnings: verdict.warning ? [verdict.warning, ...content.warnings] : content.warnings,
          attempts: ready.attempts + attempts - 1,
          duration_ms: spentMs(),
        });
      let writing = Promise.resolve();
      const storeOnce = (deadline: AbortSignal) => {
        const { startedMs } = ready;
        const { state, confirmed } = verdict;
        const { encoded } = content;
        writing = patiently(deadline, () =>
          session.storeDay(
            taskId,
            { outcome: outcome(), encoded, state, confirmed, startedMs, skipsBefore: step.skipsBefore },
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
      ledger.set(step.date, { date: step.date, state, rows, checksum, confirmed, source: source.name });
      addLoadedDay(options.loadedDays, step.date);
      return outcome();
    } catch (error) {
      if (error instanceof LeaseLostError || signal.aborted) throw error;
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
    return outcome;
  }

  /** A database that is away is no verdict on the day: it is done again until it answers or the lease is lost. */
  function patiently(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    return whileAway({ clock, log, taskId, signal }, work);
  }

  return { fetch, store };
}
