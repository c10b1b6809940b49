import type { Day } from "@/lib/contract/day";
import type { DayWarningCode, Fact } from "@/lib/contract/problem";
import type { RejectedRow } from "@/lib/contract/task";
import { DayFailure, PauseError, SourceError, sourceEmpty } from "@/server/sync/errors";
import type { Ledger } from "@/server/sync/plan/ledger";
import type { DayOutcome, EncodedDay } from "@/server/sync/session-ports";
import type { Rows } from "@/server/sync/rows/cut-rows";
import { createFetchDay, type FetchDayOptions, type FetchWatch } from "./fetch-day";
import { asFailure, failedOutcome, outcomeOf } from "./outcomes";
import type { Step } from "./steps";

export interface ReadyDayOptions extends FetchDayOptions {
  encode(rows: Rows): Promise<EncodedDay>;
  /** What the table holds: invented rows do not take the place of real ones. */
  ledger: Ledger;
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

/**
 * Brings days home, of a sync and of a verify: asks, checks and encodes before any transaction begins. What the source has not,
 * or not in order, is an outcome; thrown is only what ends the run or sets the day down.
 */
export function createReadyDay(options: ReadyDayOptions) {
  const { clock, source, ledger } = options;
  const fetchDay = createFetchDay(options);

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
        throw sourceEmpty(fetched.kind === "nothing" ? fetched : {});
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

  return fetch;
}
