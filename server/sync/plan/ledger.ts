import type { ClosedReason } from "@/lib/contract/calendar";
import type { CoverageReason, CoverageState } from "@/lib/contract/coverage";
import type { Day } from "@/lib/contract/day";
import type { DayWarningCode, Fact } from "@/lib/contract/problem";

/** What the table holds for one day: a row of `sync_day`. */
export interface LedgerDay {
  date: Day;
  state: "complete" | "suspect" | "failed";
  rows: number;
  checksum: string | null;
  /** A suspect day that was fetched again with the same rows: it is as it is, and no longer doubted. */
  confirmed: boolean;
  source: string;
  /** Rows that the source itself said the day must have; without it the neighbours tell. */
  expected?: number | null;
}

/** Everything that is known of stored and failed days, by day. */
export type Ledger = Map<Day, LedgerDay>;

/** The rows of one day, counted in the table. */
export interface CountedDay {
  date: Day;
  rows: number;
}

/** What a day that was found in the table enters the ledger as. */
export interface AdoptedDay extends CountedDay {
  state: "complete" | "suspect";
  warnings: Fact<DayWarningCode>[];
}

/** True where the day's rows are there and count as real under `source`: sample rows never pass for real ones. */
export function isLoaded(day: LedgerDay, source: string): boolean {
  return day.state !== "failed" && (day.source !== "sample" || source === "sample");
}

export interface DayView {
  state: Exclude<CoverageState, "running" | "queued">;
  reason: CoverageReason;
  rows: number | null;
}

/** What ledger, plan and records need of a calendar. */
export interface KnownDays {
  zone: string;
  /** Last day the closures are known for; later weekdays are assumed to be open. */
  knownUntil: Day;
  /** Null = the exchange trades on that day. */
  closedReason(day: Day): ClosedReason | null;
  /** True for a day that the configuration names, as closed or as open: what the operator set wins over what a source says. */
  isSet?(day: Day): boolean;
  /** True for a closure that only the source told of; absent = there is none. */
  isLearnt?(day: Day): boolean;
}

export interface CoverageContext {
  ledger: Ledger;
  calendar: KnownDays;
  source: string;
  today: Day;
  /** True while the source is not expected to have today's rows yet. */
  todayNotDue: boolean;
}

/** What the table holds for a day, as the wall shows it. Rows on a closed day count as stored, however few: no sync asks for it. */
export function dayView(day: Day, context: CoverageContext): DayView {
  const held = context.ledger.get(day);
  const closed = context.calendar.closedReason(day);
  if (held && isLoaded(held, context.source)) {
    const reason = held.source === "adopted" ? "adopted" : null;
    return { state: closed ? "complete" : held.state, reason, rows: held.rows };
  }
  if (closed) return { state: "no_trading", reason: closed, rows: null };
  if (held?.state === "failed") return { state: "failed", reason: null, rows: null };
  if (held) return { state: "missing", reason: "sample", rows: null };
  if (day > context.today || (day === context.today && context.todayNotDue))
    return { state: "missing", reason: "not_published", rows: null };
  return { state: "missing", reason: null, rows: null };
}
