import type { DayDiff } from "@/lib/contract/task";
import { whileAway } from "@/server/sync/trying/away";
import { withDeadline } from "@/server/sync/trying/deadline";
import { DiskFullError, LeaseLostError, timedOut, wordsOf } from "@/server/sync/errors";
import { asFailure, failedOutcome, outcomeOf, worthStoringAgain } from "./outcomes";
import type { DayOutcome, WorkSession } from "@/server/sync/session-ports";
import { withRetry } from "@/server/sync/trying/retry";
import { createReadyDay, type ReadyDay, type ReadyDayOptions } from "./ready-day";

export interface VerifyDayOptions extends ReadyDayOptions {
  session: Pick<WorkSession, "compareDay" | "recordComparison">;
}

/** True where the source would store other rows than the table holds. */
export function differs(diff: DayDiff): boolean {
  return diff.added + diff.changed + diff.vanished > 0;
}

/**
 * The road of one day of a verify: fetched, checked and encoded as for a sync, then compared with the table instead of
 * stored. Neither the table nor the ledger changes, whatever comes of it.
 */
export function createVerifyDay(options: VerifyDayOptions) {
  const { clock, log, source, session, taskId } = options;
  const patiently = <T>(signal: AbortSignal, work: () => Promise<T>) => whileAway({ clock, log, taskId, signal }, work);
  const retrying = (date: string, what: string, onAttempt: (attempt: number) => void = () => {}) => ({
    clock,
    onAttempt,
    worthRetrying: worthStoringAgain,
    onWait: (error: unknown, waitMs: number) =>
      log.warn({ task_id: taskId, date, waitMs, err: wordsOf(error) }, `${what} failed, trying again`),
  });

  async function store(ready: ReadyDay, signal: AbortSignal): Promise<DayOutcome> {
    const { content, step } = ready;
    const outcome = content.kind === "outcome" ? content.outcome : await compare(ready, content, signal);
    const checksum = content.kind === "rows" ? content.encoded.checksum : null;
    await withRetry(() => patiently(signal, () => session.recordComparison(taskId, outcome, checksum, step.skipsBefore)), {
      ...retrying(step.date, "record"),
      signal,
    });
    return outcome;
  }

  async function compare(ready: ReadyDay, content: ReadyDay["content"] & { kind: "rows" }, signal: AbortSignal) {
    const { date } = ready.step;
    const begun = clock.monotonic();
    let attempts = 0;
    const spent = () => ({
      attempts: ready.attempts + Math.max(0, attempts - 1),
      duration_ms: Math.round(ready.fetchMs + clock.monotonic() - begun),
    });
    try {
      const diff = await withDeadline(
        clock,
        Math.max(1, options.dayTimeoutMs - ready.fetchMs),
        signal,
        () => timedOut(options.dayTimeoutMs),
        (deadline) =>
          withRetry(() => patiently(deadline, () => session.compareDay(date, content.encoded, deadline)), {
            ...retrying(date, "compare", (attempt) => {
              attempts = attempt;
            }),
            signal: deadline,
          }),
      );
      const { rejected, rejectedSample, warnings, encoded } = content;
      const reason = differs(diff) ? "changed" : null;
      return outcomeOf(date, source.name, {
        status: "success",
        reason,
        rows: encoded.rows,
        rejected,
        rejected_sample: rejectedSample,
        warnings,
        diff,
        ...spent(),
      });
    } catch (error) {
      if (error instanceof LeaseLostError || error instanceof DiskFullError || signal.aborted) throw error;
      return failedOutcome(date, source.name, asFailure(error, "database_error"), spent());
    }
  }

  return { fetch: createReadyDay(options), store };
}
