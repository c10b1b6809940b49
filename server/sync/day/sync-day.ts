import type { Day } from "@/lib/contract/day";
import { DayFailure, DiskFullError, LeaseLostError, timedOut, wordsOf } from "@/server/sync/errors";
import { addLoadedDay } from "@/server/sync/plan/completeness";
import { saysClosed } from "@/server/sync/plan/learnt-closures";
import type { DayOutcome, WorkSession } from "@/server/sync/session-ports";
import { whileAway } from "@/server/sync/trying/away";
import { withDeadline } from "@/server/sync/trying/deadline";
import { withRetry } from "@/server/sync/trying/retry";
import { judgeDay } from "./judge-day";
import { asFailure, failedOutcome, outcomeOf, worthStoringAgain } from "./outcomes";
import { createReadyDay, type ReadyDay, type ReadyDayOptions } from "./ready-day";
import type { Step } from "./steps";

export interface SyncDayOptions extends ReadyDayOptions {
  session: Pick<WorkSession, "storeDay" | "recordOutcome">;
  /** Sorted days of the ledger that count as loaded; kept up to date here, like the ledger. */
  loadedDays: Day[];
  acceptIncomplete: boolean;
}

/** The road of one day: `fetch` brings it home, `store` judges and commits. */
export function createSyncDay(options: SyncDayOptions) {
  const { clock, log, source, session, taskId, ledger } = options;
  const retryLog = (day: Day, what: string) => (error: unknown, waitMs: number) =>
    log.warn({ task_id: taskId, date: day, waitMs, err: wordsOf(error) }, `${what} failed, trying again`);

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
      const stored = withDeadline(
        clock,
        Math.max(1, options.dayTimeoutMs - ready.fetchMs),
        signal,
        () => timedOut(options.dayTimeoutMs),
        (deadline) =>
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

  return { fetch: createReadyDay(options), store };
}
