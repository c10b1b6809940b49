import type { Day } from "@/lib/contract/day";
import type { DayErrorCode } from "@/lib/contract/problem";
import { BadRowsError, DayFailure, SourceError, wordsOf } from "@/server/sync/errors";
import type { DayOutcome, PlannedDay } from "@/server/sync/session-ports";

/** An outcome with everything that is not said left blank; `source` null = nobody was asked. */
export function outcomeOf(
  date: Day,
  source: string | null,
  said: Partial<DayOutcome> & Pick<DayOutcome, "status" | "reason">,
): DayOutcome {
  const blank = {
    rows: null,
    rejected: 0,
    suspect: false,
    warnings: [],
    attempts: 0,
    error: null,
    duration_ms: null,
    diff: null,
  };
  return { date, ...blank, source, ...said };
}

/** A day of the plan that is not fetched, for the reason that stands there. */
export function skippedOutcome({ date, reason }: PlannedDay): DayOutcome {
  return outcomeOf(date, null, { status: "skipped", reason: reason as DayOutcome["reason"] });
}

export function failedOutcome(
  date: Day,
  source: string,
  error: DayFailure,
  spent: { attempts: number; duration_ms: number },
): DayOutcome {
  const { code, params, cause } = error;
  const leftOut = cause instanceof BadRowsError ? cause.leftOut : { rejected: 0, sample: [] };
  return outcomeOf(date, source, {
    status: "failed",
    reason: code,
    rows: 0,
    rejected: leftOut.rejected,
    error: { code, params },
    rejected_sample: leftOut.sample,
    ...spent,
  });
}

/** The database refused the day and may not refuse it again; rows that the table cannot hold stay what they are. */
export function worthStoringAgain(error: unknown): boolean {
  return error instanceof DayFailure && error.code !== "bad_rows";
}

/** Any error as the failure of a day; `unnamed` = the code of one that no adapter gave a name. */
export function asFailure(error: unknown, unnamed: DayErrorCode & ("source_error" | "database_error")): DayFailure {
  if (error instanceof DayFailure) return error;
  if (error instanceof BadRowsError) return new DayFailure("bad_rows", error.params, { cause: error });
  if (error instanceof SourceError) return new DayFailure("source_error", error.params, { cause: error });
  return new DayFailure(unnamed, { kind: "other", detail: wordsOf(error) }, { cause: error });
}
