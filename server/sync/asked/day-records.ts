import { addDays, type Day, eachDay } from "@/lib/contract/day";
import { instantIn } from "@/lib/contract/instant";
import type { DayRecord } from "@/lib/contract/routes";
import type { DayWarningCode, Fact } from "@/lib/contract/problem";
import type { DayError } from "@/lib/contract/task";
import { type CoverageContext, dayView } from "@/server/sync/plan/ledger";
import type { LedgerEntry, DaysUnderWay } from "./reads";

/** A day record of the original tool before its sentences are rendered. */
export interface BareDayRecord extends Omit<DayRecord, "error_message" | "remarks"> {
  error: DayError | null;
  warnings: Fact<DayWarningCode>[];
}

const STATUS_OF_STATE = { complete: "success", suspect: "success", failed: "failed", missing: "pending" } as const;

/** The record of one day; null on closed days that hold nothing, which never had one. */
export function dayRecord(
  day: Day,
  entry: LedgerEntry | undefined,
  context: CoverageContext,
  underWay: DaysUnderWay,
): BareDayRecord | null {
  const view = dayView(day, context);
  if (view.state === "no_trading") return null;
  const zone = context.calendar.zone;
  const known = entry !== undefined && view.reason !== "sample" ? entry : null;
  return {
    sync_date: day,
    status: day === underWay.running ? "syncing" : underWay.queued.has(day) ? "pending" : STATUS_OF_STATE[view.state],
    total_records: known ? known.rows + known.rejected : 0,
    success_count: known?.rows ?? 0,
    failed_count: known?.rejected ?? 0,
    start_time: known ? instantIn(zone, known.started_ms) : null,
    end_time: known ? instantIn(zone, known.finished_ms) : null,
    duration_seconds: known ? Math.round((known.finished_ms - known.started_ms) / 1000) : null,
    error: known?.last_error ?? null,
    warnings: known?.warnings ?? [],
  };
}

/** Records of a range, newest first. */
export function dayRecords(
  from: Day,
  to: Day,
  entries: LedgerEntry[],
  context: CoverageContext,
  underWay: DaysUnderWay,
): BareDayRecord[] {
  const byDay = new Map(entries.map((entry) => [entry.date, entry]));
  return eachDay(from, to)
    .reverse()
    .flatMap((day) => dayRecord(day, byDay.get(day), context, underWay) ?? []);
}

/** The last `days` calendar days, today included. */
export function lastDays(today: Day, days: number): { from: Day; to: Day } {
  return { from: addDays(today, 1 - days), to: today };
}
