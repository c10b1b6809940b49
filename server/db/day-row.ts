import type { Day } from "@/lib/contract/day";
import type { TaskDay } from "@/lib/contract/task";
import type { DayOutcome } from "@/server/sync/session-ports";

/** The select list that `toTaskDay` and `toOutcome` read. */
export const DAY_COLUMNS = "date, status, reason, rows, rejected, suspect, warnings, duration_ms, attempts, error, source, diff";

export interface DayRow extends Omit<TaskDay, "status"> {
  date: Day;
  status: "pending" | "success" | "failed" | "skipped";
}

/** A day of a task as the contract shows it; `syncing` marks the one in work. */
export function toTaskDay(row: DayRow, syncing: Day | null): TaskDay {
  const { date, status, reason, rows, rejected, suspect, warnings, duration_ms, attempts, error, source, diff } = row;
  const shown = status === "pending" && date === syncing ? "syncing" : status;
  return { date, status: shown, reason, rows, rejected, suspect, warnings, duration_ms, attempts, error, source, diff };
}

/** What became of the day so far, null while it is pending. */
export function toOutcome(row: DayRow): DayOutcome | null {
  if (row.status === "pending") return null;
  const { date, status, reason, rows, rejected, suspect, warnings, duration_ms, attempts, error, source, diff } = row;
  return { date, status, reason, rows, rejected, suspect, warnings, duration_ms, attempts, error, source, diff };
}
