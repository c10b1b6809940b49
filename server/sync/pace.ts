import { isLoaded, type Ledger } from "./ledger";

/** A single finished task says little: its pace is stretched by this much on either side. */
const SLACK_LOW = 0.85;
const SLACK_HIGH = 1.2;
/** Rows of the newest loaded days that an expectation goes by. */
const RECENT_DAYS = 20;

/** Expected seconds for so many fetched days, low and high, from the seconds per day of the last finished tasks. */
export function predictSeconds(fetchDays: number, paces: readonly number[]): [number, number] | null {
  if (fetchDays === 0) return [0, 0];
  if (paces.length === 0) return null;
  return [
    Math.floor(fetchDays * Math.min(...paces) * SLACK_LOW),
    Math.max(1, Math.ceil(fetchDays * Math.max(...paces) * SLACK_HIGH)),
  ];
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
