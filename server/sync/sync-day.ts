import type { Day } from "@/lib/contract/day";
import type { DayErrorCode, DayWarningCode, Fact } from "@/lib/contract/problem";
import { whileAway } from "./away";
import { addLoadedDay, judgeRows, neighbourRows, type Shortfall } from "./completeness";
import { withDeadline } from "./deadline";
import { BadRowsError, DayFailure, LeaseLostError, SourceError } from "./errors";
import { isLoaded, type Ledger } from "./ledger";
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
  content: { kind: "rows"; encoded: EncodedDay; rejected: number; warnings: Fact<DayWarningCode>[] } | { kind: "outcome"; outcome: DayOutcome };
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
        worthRetrying: (error) => !(error instanceof BadRowsError) && !(error instanceof DayFailure) && !(error instanceof SourceError && !error.retry),
        onWait: retryLog(day, "fetch"),
      }),
    );
  }

  function outcomeOf(day: Day, part: Partial<DayOutcome> & Pick<DayOutcome, "status" | "reason">): DayOutcome {
    const blank = { rows: null, rejected: 0, suspect: false, warnings: [], attempts: 0, error: null, duration_ms: null };
    return { date: day, ...blank, source: source.name, ...part };
  }

  function failedOutcome(day: Day, error: DayFailure, attempts: number, duration_ms: number): DayOutcome {
    return outcomeOf(day, { status: "failed", reason: error.code, rows: 0, attempts, duration_ms, error: { code: error.code, params: error.params } });
  }

  async function fetch(step: Step, signal: AbortSignal, onProgress: Progressed): Promise<ReadyDay> {
    const startedMs = clock.now();
    const begun = clock.monotonic();
    let attempts = 0;
    const ready = (content: ReadyDay["content"]): ReadyDay => ({ step, startedMs, fetchMs: clock.monotonic() - begun, attempts, content });
    try {
      if (source.sample && !options.sampleIntoExisting && holdsRealDay(step.date)) throw new DayFailure("sample_into_existing", {});
      const checked = await fetchRows(step.date, signal, onProgress, (attempt) => {
        attempts = attempt;
      });
      if (!checked || checked.rows.length === 0) {
        if (options.notDue(step.date)) return ready({ kind: "outcome", outcome: outcomeOf(step.date, { status: "skipped", reason: "not_published", attempts }) });
        throw new DayFailure("source_empty", {});
      }
      return ready({ kind: "rows", encoded: options.encode(checked.rows), rejected: checked.rejected, warnings: checked.warnings });
    } catch (error) {
      signal.throwIfAborted();
      const outcome = failedOutcome(step.date, asFailure(error, "source_error"), attempts, Math.round(clock.monotonic() - begun));
      return ready({ kind: "outcome", outcome });
    }
  }

  function holdsRealDay(day: Day): boolean {
    const held = ledger.get(day);
    return held !== undefined && held.state !== "failed" && held.source !== "sample";
  }

  /** Judges by the days that are loaded now; returns what is to be written, or throws the day's failure. */
  function judge(day: Day, encoded: EncodedDay): { state: "complete" | "suspect"; confirmed: boolean; warning: Fact<DayWarningCode> | null } {
    const held = ledger.get(day);
    const replaced = held && isLoaded(held, source.name) ? held.rows : 0;
    const verdict = judgeRows(encoded.rows, neighbourRows(day, options.loadedDays, ledger), replaced);
    if (verdict.kind === "complete") return { state: "complete", confirmed: false, warning: null };
    // The same rows once more: nothing would be lost by storing them, however few they are.
    const same = held?.checksum === encoded.checksum && held.source === source.name && (held.state === "suspect" || held.confirmed);
    if (same) return { state: "complete", confirmed: true, warning: null };
    if (verdict.kind === "incomplete" && !options.acceptIncomplete) {
      throw new DayFailure("incomplete", { rows: encoded.rows, ...verdict.shortfall });
    }
    return { state: "suspect", confirmed: false, warning: fewRows(encoded.rows, verdict.shortfall) };
  }

  async function store(ready: ReadyDay, signal: AbortSignal): Promise<DayOutcome> {
    const { step, content } = ready;
    if (content.kind === "outcome") return record(content.outcome, step, signal);
    const begun = clock.monotonic();
    const spentMs = () => Math.round(ready.fetchMs + clock.monotonic() - begun);
    let attempts = 0;
    try {
      const verdict = judge(step.date, content.encoded);
      const suspect = verdict.state === "suspect";
      const outcome = (): DayOutcome =>
        outcomeOf(step.date, {
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
      const write = (deadline: AbortSignal) => {
        writing = patiently(deadline, () =>
          session.storeDay(taskId, { outcome: outcome(), encoded: content.encoded, ...verdict, startedMs: ready.startedMs, skipsBefore: step.skipsBefore }, deadline),
        );
        return writing;
      };
      const stored = withDeadline(clock, Math.max(1, options.dayTimeoutMs - ready.fetchMs), signal, timedOut, (deadline) =>
        withRetry(() => write(deadline), {
          clock,
          signal: deadline,
          onAttempt: (attempt) => {
            attempts = attempt;
          },
          worthRetrying: (error) => error instanceof DayFailure,
          onWait: retryLog(step.date, "store"),
        }),
      );
      await stored.catch(async (error: unknown) => {
        // The time was up while a COMMIT may have been on its way: the write itself says what became of it.
        const committed = !signal.aborted && (await writing.then(() => attempts > 0, () => false));
        if (!committed) throw error;
      });
      const { rows, checksum } = content.encoded;
      ledger.set(step.date, { date: step.date, state: verdict.state, rows, checksum, confirmed: verdict.confirmed, source: source.name });
      addLoadedDay(options.loadedDays, step.date);
      return outcome();
    } catch (error) {
      if (error instanceof LeaseLostError || signal.aborted) throw error;
      return record(failedOutcome(step.date, asFailure(error, "database_error"), ready.attempts + Math.max(0, attempts - 1), spentMs()), step, signal);
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
      ledger.set(outcome.date, { date: outcome.date, state: "failed", rows: 0, checksum: null, confirmed: false, source: source.name });
    }
    return outcome;
  }

  /** A database that is away is no verdict on the day: it is done again until it answers or the lease is lost. */
  function patiently(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    return whileAway({ clock, log, taskId, signal }, work);
  }

  return { fetch, store };
}

function fewRows(rows: number, shortfall: Shortfall): Fact<DayWarningCode> {
  return { code: "few_rows", params: { rows, expected: shortfall.expected, percent: shortfall.percent } };
}

/** `unknown` = the code of an error that no adapter named. */
function asFailure(error: unknown, unknown: DayErrorCode & ("source_error" | "database_error")): DayFailure {
  if (error instanceof DayFailure) return error;
  if (error instanceof BadRowsError) return new DayFailure("bad_rows", error.params, { cause: error });
  if (error instanceof SourceError) return new DayFailure("source_error", error.params, { cause: error });
  return new DayFailure(unknown, { kind: "other", detail: wordsOf(error) }, { cause: error });
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
