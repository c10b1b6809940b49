import type { Day } from "./day";

/** What the table holds for a day, or what is being done about it (the seven states of the wall). */
export const COVERAGE_STATES = ["complete", "suspect", "failed", "running", "queued", "missing", "no_trading"] as const;
export type CoverageState = (typeof COVERAGE_STATES)[number];

/**
 * Why a state is what it is: `not_published` marks today before the publish hour, `sample` invented rows under a real source,
 * `adopted` rows that were in the table before Dayfill.
 */
export type CoverageReason = "weekend" | "holiday" | "not_published" | "sample" | "adopted" | null;

/** A run of neighbouring days in the same state. `rows_min` and `rows_max` are null where the table holds nothing. */
export interface CoverageRun {
  from: Day;
  to: Day;
  state: CoverageState;
  reason: CoverageReason;
  rows_min: number | null;
  rows_max: number | null;
}

/** True for a day that a sync of gaps asks for: missing, failed or suspect, and due. */
export function isGap(run: Pick<CoverageRun, "state" | "reason">): boolean {
  if (run.reason === "not_published") return false;
  return run.state === "missing" || run.state === "failed" || run.state === "suspect";
}
