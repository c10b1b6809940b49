import type { Day } from "@/lib/contract/day";
import type { DayWarningCode, Fact } from "@/lib/contract/problem";
import { fewRows, judgeRows, loadedDaysOf, neighbourRows } from "./completeness";
import type { AdoptedDay, CountedDay, KnownDays, Ledger } from "./ledger";

/** Stands as source of the days whose rows were in the table before Dayfill knew of them. */
export const ADOPTED = "adopted";

/**
 * Judges days that the table holds and the ledger does not know, by their rows alone: far fewer than the neighbours, found or
 * known, is suspect, all others are complete. Each bears the standing warning. A closed day is never doubted: nothing could be
 * fetched for it.
 */
export function judgeAdopted(counted: readonly CountedDay[], ledger: Ledger, calendar: KnownDays): AdoptedDay[] {
  const together: Ledger = new Map(ledger);
  for (const { date, rows } of counted) together.set(date, heldAs(date, rows));
  const loaded = loadedDaysOf(together, ADOPTED);
  return counted.map(({ date, rows }) => adoptedDay(date, rows, neighbourRows(date, loaded, together), calendar));
}

/** One found day, judged by the row counts of its neighbours. */
export function adoptedDay(date: Day, rows: number, neighbours: number[], calendar: KnownDays): AdoptedDay {
  const found: Fact<DayWarningCode> = { code: "adopted", params: {} };
  if (calendar.closedReason(date)) {
    return { date, rows, state: "complete", warnings: [found, { code: "closed_day", params: {} }] };
  }
  const verdict = judgeRows(rows, neighbours, 0);
  if (verdict.kind === "complete") return { date, rows, state: "complete", warnings: [found] };
  return { date, rows, state: "suspect", warnings: [found, fewRows(rows, verdict.shortfall)] };
}

const heldAs = (date: Day, rows: number) =>
  ({ date, state: "complete", rows, checksum: null, confirmed: false, source: ADOPTED }) as const;

/** Adopted days that a sync can replace: how many, the first and the last. */
export interface AdoptedExtent {
  days: number;
  from: Day;
  to: Day;
}

/** Null = there are none. Closed days are left out: no sync ever brings one. */
export function adoptedExtent(ledger: Ledger, calendar: KnownDays): AdoptedExtent | null {
  const dates = [...ledger.values()]
    .filter((day) => day.source === ADOPTED && day.state !== "failed" && calendar.closedReason(day.date) === null)
    .map((day) => day.date)
    .sort();
  const [from, to] = [dates[0], dates.at(-1)];
  return from && to ? { days: dates.length, from, to } : null;
}
