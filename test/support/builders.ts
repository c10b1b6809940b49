import { type Day, eachDay, isWeekend } from "@/lib/contract/day";
import type { CoverageRun } from "@/lib/contract/coverage";
import type { PlanReason } from "@/lib/contract/plan";
import type { DayReason, DayStatus, TaskDay } from "@/lib/contract/task";
import type { CoverageContext, Ledger, LedgerDay } from "@/server/sync/plan/ledger";
import type { PlanItem } from "@/server/sync/plan/plan";
import type { TradingCalendar } from "@/server/sync/ports";
import type { DayOutcome, PlannedDay } from "@/server/sync/session-ports";
import type { Row } from "@/server/sync/rows/row";
import type { StartRequest } from "@/server/sync/task/start-request";
import type { TaskRecord } from "@/server/sync/task/task-record";
import { NOON_MS } from "./clock";

/** An exchange in Shanghai, closed on weekends and the given days. */
export function aCalendar(holidays: readonly Day[] = []): TradingCalendar {
  return {
    id: "XSHG",
    zone: "Asia/Shanghai",
    codeDigits: 6,
    knownUntil: "2026-12-31",
    closedReason: (day) => (isWeekend(day) ? "weekend" : holidays.includes(day) ? "holiday" : null),
  };
}

/** A complete day of 1,000 rows from the source `files`. */
export function aLedgerDay(date: Day, over: Partial<LedgerDay> = {}): LedgerDay {
  return { date, state: "complete", rows: 1_000, checksum: `sum of ${date}`, confirmed: false, source: "files", ...over };
}

/** A ledger of these days alone. */
export function aLedger(...days: LedgerDay[]): Ledger {
  return new Map(days.map((day) => [day.date, day]));
}

/** The weekdays of a range, complete, with so many rows each. */
export function weekdays(from: Day, to: Day, rows = 1_000): LedgerDay[] {
  return eachDay(from, to)
    .filter((day) => !isWeekend(day))
    .map((date) => aLedgerDay(date, { rows }));
}

/** What the source `files` sees on Tuesday 2024-03-05 after the publish hour. */
export function aContext(over: Partial<CoverageContext> = {}): CoverageContext {
  return { ledger: new Map(), calendar: aCalendar(), source: "files", today: "2024-03-05", todayNotDue: false, ...over };
}

/** A row that keeps every row rule. */
export function aRow(day: Day, code: string, over: Partial<Row> = {}): Row {
  return {
    stock_code: code,
    stock_name: "Tin Works",
    trade_date: day,
    open_price: "10",
    close_price: "11",
    high_price: "12",
    low_price: "9",
    volume: "100",
    amount: "1050",
    change_pct: null,
    change_amount: null,
    turnover_rate: null,
    amplitude: null,
    ...over,
  };
}

/** So many rows with codes from 600000 on. */
export function someRows(day: Day, count: number): Row[] {
  return Array.from({ length: count }, (_, index) => aRow(day, String(600_000 + index)));
}

/** A stored day of 100 rows from the source `files`. */
export function anOutcome(date: Day, over: Partial<DayOutcome> = {}): DayOutcome {
  return {
    date,
    status: "success",
    reason: null,
    rows: 100,
    rejected: 0,
    suspect: false,
    warnings: [],
    attempts: 1,
    error: null,
    duration_ms: 10,
    source: "files",
    diff: null,
    ...over,
  };
}

/** A day as a page holds it: nothing known of it but its status. */
export function aTaskDay(date: Day, status: DayStatus, reason: DayReason | null = null): TaskDay {
  const blank = { rows: null, rejected: 0, suspect: false, warnings: [], duration_ms: null, attempts: 0, error: null };
  return { date, status, reason, ...blank, source: null, diff: null };
}

/** Days of one state in a row, as the coverage tells them. */
export function aRun(from: Day, to: Day, state: CoverageRun["state"], reason: CoverageRun["reason"] = null): CoverageRun {
  return { from, to, state, reason, rows_min: null, rows_max: null };
}

/** A day of a plan that is to be fetched because it is missing. */
export function aFetch(date: Day, outcome: DayOutcome | null = null): PlannedDay {
  return { ...fetchOf(date), outcome };
}

/** A day of a plan that nothing is fetched for. */
export function aSkip(date: Day, reason: PlanReason = "weekend", outcome: DayOutcome | null = null): PlannedDay {
  return { date, action: "skip", reason, outcome };
}

const fetchOf = (date: Day): PlanItem => ({ date, action: "fetch", reason: "missing" });

/** A running task over Monday 2024-03-04 to Friday 2024-03-08. */
export function aTask(over: Partial<TaskRecord> = {}): TaskRecord {
  return {
    task_id: "2024-03-04_2024-03-08_1709611200",
    task_type: "web_batch",
    status: "running",
    start_date: "2024-03-04",
    end_date: "2024-03-08",
    total_days: 5,
    options: { force: false, accept_incomplete: false, order: "asc" },
    source: "files",
    started_by: "ann",
    created_ms: NOON_MS,
    started_ms: NOON_MS,
    finished_ms: null,
    epoch: 1,
    holder: "one",
    takeovers: 0,
    predicted: null,
    total: 5,
    fetch_days: 5,
    success: 0,
    failed: 0,
    skipped: 0,
    suspect: 0,
    rows: 0,
    seq: 1,
    days_seq: 0,
    live: null,
    error: null,
    priority: 5,
    paused_by: null,
    pause_reason: null,
    pause_detail: null,
    pauses: 0,
    cancelled_by: null,
    resume_ms: null,
    errors: [],
    ...over,
  };
}

/** A start over the week from Friday 2024-02-23 to Friday 2024-03-01: six trading days and a weekend. */
export function aStart(over: Partial<StartRequest> = {}): StartRequest {
  return {
    task_type: "web_batch",
    start_date: "2024-02-23",
    end_date: "2024-03-01",
    force: false,
    accept_incomplete: false,
    order: "asc",
    started_by: "ann",
    priority: 5,
    if_busy: "reject",
    idempotency: null,
    ...over,
  };
}
