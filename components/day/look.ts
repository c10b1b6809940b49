import type { CoverageReason, CoverageState } from "@/lib/contract/coverage";
import type { DayReason, DayStatus, TaskDay } from "@/lib/contract/task";

/**
 * How a day is drawn. The seven states of the coverage, and three more a task needs: `kept` (already complete, so skipped),
 * `skipped` (all skips together, in bars and counts) and `not_due` (no state yet: an empty outline).
 */
export type DayLook = CoverageState | "kept" | "skipped" | "not_due";

/** What the table holds for a day: a day that is not published yet is not due, so it is no gap. */
export function lookOfCoverage(state: CoverageState, reason: CoverageReason): DayLook {
  return reason === "not_published" ? "not_due" : state;
}

const LOOK_OF_SKIP: Partial<Record<DayReason, DayLook>> = {
  weekend: "no_trading",
  holiday: "no_trading",
  already_synced: "kept",
  not_published: "not_due",
};

type Outcome = Pick<TaskDay, "reason" | "suspect">;

const LOOK_OF_STATUS: Record<DayStatus, (day: Outcome, taskIsFinal: boolean) => DayLook> = {
  pending: (_day, taskIsFinal) => (taskIsFinal ? "not_due" : "queued"),
  syncing: (_day, taskIsFinal) => (taskIsFinal ? "not_due" : "running"),
  // What a verify found changed is stored and in doubt, like a suspect day.
  success: (day) => (day.suspect || day.reason === "changed" ? "suspect" : "complete"),
  failed: () => "failed",
  skipped: (day) => (day.reason && LOOK_OF_SKIP[day.reason]) || "skipped",
};

/** What became of a day in a task. A day that a finished task never reached has no state. */
export function lookOfTaskDay(day: Pick<TaskDay, "status"> & Outcome, taskIsFinal: boolean): DayLook {
  return LOOK_OF_STATUS[day.status](day, taskIsFinal);
}

/** Whether the table holds rows of a day, as far as its task tells: it stored or compared them, or found them complete. */
export function holdsRows(day: Pick<TaskDay, "status" | "reason" | "rows"> | undefined): boolean {
  if (!day) return false;
  return day.status === "success" ? (day.rows ?? 0) > 0 : day.reason === "already_synced";
}
