import { isLoaded, type Ledger } from "./ledger";
import type { FinishedRun } from "@/server/sync/task/task-record";
import { predictWalks } from "@/server/sync/time/walk-eta";

/** A single finished task says little: its pace is stretched by this much on either side. */
const SLACK_LOW = 0.85;
const SLACK_HIGH = 1.2;
/** Rows of the newest loaded days that an expectation goes by. */
const RECENT_DAYS = 20;

/** What is to be fetched. */
export interface Work {
  fetchDays: number;
  /** Walks over all symbols that these days take; null = the source is asked day by day. */
  walks: number | null;
  /** Rows that all of it should bring; null while nothing is loaded. */
  rows: number | null;
}

/** Expected seconds, low and high, from the last finished tasks of the source; null while there are none. */
export function predictSeconds({ fetchDays, walks, rows }: Work, runs: readonly FinishedRun[]): [number, number] | null {
  if (fetchDays === 0) return [0, 0];
  if (runs.length === 0) return null;
  const perDay = runs.map(({ seconds, days }) => seconds / days);
  const [low, high] =
    walks === null
      ? [fetchDays * Math.min(...perDay), fetchDays * Math.max(...perDay)]
      : predictWalks({ walks, days: fetchDays, symbols: rows === null ? null : rows / fetchDays }, runs);
  return [Math.floor(low * SLACK_LOW), Math.max(1, Math.ceil(high * SLACK_HIGH))];
}

/** Rows that so many days should bring: the median of the newest loaded days each, null while nothing is loaded. */
export function expectedRows(fetchDays: number, ledger: Ledger, source: string): number | null {
  const loaded = [...ledger.values()].filter((day) => isLoaded(day, source)).sort((a, b) => (a.date < b.date ? 1 : -1));
  const recent = loaded
    .slice(0, RECENT_DAYS)
    .map((day) => day.rows)
    .sort((a, b) => a - b);
  const median = recent[recent.length >> 1];
  return median === undefined ? null : fetchDays * median;
}
