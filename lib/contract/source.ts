import type { Day } from "./day";
import type { DayWarningCode, Fact } from "./problem";
import type { ConsoleInfo } from "./console";
import type { DayError, RejectedRow } from "./task";

/** Variables of the configuration that lead to a source: each must be set before it can answer. */
export const SOURCE_VARIABLES: Readonly<Record<string, readonly string[]>> = {
  files: ["FILES_URL"],
  tushare: ["TUSHARE_TOKEN"],
  massive: ["MASSIVE_KEY"],
  postgres: ["POSTGRES_SOURCE_URL", "POSTGRES_SOURCE_TABLE"],
};

type SourceState = ConsoleInfo["source"];

/** Reply of `GET /source`: which source, and how its last call went. Nothing is asked for it. */
export interface SourceInfo extends SourceState {
  /** What the source needs to answer, and whether it is set; values are not shown here. */
  variables: { name: string; set: boolean }[];
  /** The last trading day that the source should have by now. */
  last_due_day: Day;
}

/** What to do about a test that brought no rows; its sentence is `sourceAdvice` in lib/text. */
export const SOURCE_ADVICE_CODES = [
  "credentials",
  "plan",
  "wait",
  "banned",
  "one_program",
  "newer_version",
  "other_source",
  "grant",
  "closed_until",
  "network",
  "configuration",
  "file",
  "no_file",
  "dates_in_file",
  "rows",
  "columns",
  "numbers",
  "slow",
  "index",
  "not_yet",
  "trading_day",
  "other_day",
  "provider",
] as const;
export type SourceAdviceCode = (typeof SOURCE_ADVICE_CODES)[number];

/** One of the rows of a test, by the columns of the table, as text. */
export type SampleRow = Record<string, string | null>;

/**
 * Reply of `POST /source/test`: one day fetched without storing it. `closed` = the exchange did not trade, by our calendar
 * (then nothing was asked) or by the source; `nothing` = the rows are not due yet.
 */
export interface SourceTest {
  source: string;
  day: Day;
  outcome: "rows" | "closed" | "nothing" | "refused";
  seconds: number;
  /** Rows that would be stored; of a source that is cheap by range only those of `probed` symbols. */
  rows: number | null;
  /** True where a whole day is too dear for a test, and only a few symbols were asked for. */
  probed: boolean;
  /** The first five rows. */
  sample: SampleRow[];
  rejected: number;
  rejected_sample: RejectedRow[];
  warnings: Fact<DayWarningCode>[];
  error: DayError | null;
  advice: Fact<SourceAdviceCode> | null;
  /** What came of it and what to do, in one line in the language of the request. */
  message: string;
}
