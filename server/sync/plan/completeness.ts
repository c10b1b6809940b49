import type { Day } from "@/lib/contract/day";
import type { DayWarningCode, Fact } from "@/lib/contract/problem";
import { isLoaded, type Ledger, type LedgerDay } from "./ledger";

/** Measured on 20 years of A-shares: a whole day never falls more than 1.5 % below its neighbours since 2016 (4-sources.md). */
const SUSPECT_BELOW = 0.97;
/** And never more than 27.4 % at all: below this the day is held back. */
const HOLD_BACK_BELOW = 0.7;
/** Loaded days looked at on either side, and how many there must be at least for an opinion. */
const NEIGHBOURS_PER_SIDE = 5;
const MIN_NEIGHBOURS = 2;

/** Fewer rows than expected: `percent` of `expected` are missing, compared with the neighbours, with what the source itself expects, or with the rows to be replaced. */
export interface Shortfall {
  reference: "neighbours" | "expected" | "replaced";
  expected: number;
  percent: number;
}

export type Verdict =
  | { kind: "complete" }
  | { kind: "suspect"; shortfall: Shortfall }
  | { kind: "incomplete"; shortfall: Shortfall };

/** Row counts of the nearest loaded days, up to five on either side. `loadedDays` is sorted. */
export function neighbourRows(day: Day, loadedDays: readonly Day[], ledger: Ledger): number[] {
  const before: number[] = [];
  const after: number[] = [];
  const at = lowerBound(loadedDays, day);
  const rowsAt = (index: number) => ledger.get(loadedDays[index] as Day)?.rows ?? 0;
  for (let index = at - 1; index >= 0 && before.length < NEIGHBOURS_PER_SIDE; index -= 1) before.push(rowsAt(index));
  const next = loadedDays[at] === day ? at + 1 : at;
  for (let index = next; index < loadedDays.length && after.length < NEIGHBOURS_PER_SIDE; index += 1) after.push(rowsAt(index));
  return [...before, ...after];
}

/**
 * Judges a fetched day by its number of rows. `replaced` = rows it would replace, 0 if none; `expected` = what the source
 * itself says the day must have: it then counts instead of the neighbours, who may have had more or fewer for good reasons.
 * A source that sent clearly more than it expects knows only a part of its market: then the neighbours count after all.
 */
export function judgeRows(rows: number, neighbours: number[], replaced: number, expected: number | null = null): Verdict {
  const told = expected !== null && expected > 0 && expected >= rows * SUSPECT_BELOW;
  const usual = told ? expected : neighbours.length >= MIN_NEIGHBOURS ? medianOf(neighbours) : null;
  const lost = (reference: Shortfall["reference"], among: number): Shortfall => ({
    reference,
    expected: among,
    percent: Math.round((1 - rows / among) * 1000) / 10,
  });
  if (replaced > 0 && rows < replaced * HOLD_BACK_BELOW) return { kind: "incomplete", shortfall: lost("replaced", replaced) };
  if (usual === null || rows >= usual * SUSPECT_BELOW) return { kind: "complete" };
  const shortfall = lost(told ? "expected" : "neighbours", usual);
  return { kind: rows < usual * HOLD_BACK_BELOW ? "incomplete" : "suspect", shortfall };
}

/** Loaded days of the ledger under `source`, sorted. */
export function loadedDaysOf(ledger: Ledger, source: string): Day[] {
  return [...ledger.values()]
    .filter((day) => isLoaded(day, source))
    .map((day) => day.date)
    .sort();
}

/** Inserts a day into the sorted list unless it is there. */
export function addLoadedDay(loadedDays: Day[], day: Day): void {
  const at = lowerBound(loadedDays, day);
  if (loadedDays[at] !== day) loadedDays.splice(at, 0, day);
}

/**
 * Judges the stored days of a finished range once more, five sessions beyond both ends included: the first days of a
 * backfill had no neighbours when they came. Confirmed days keep their word. Returns only the days whose state changes.
 */
export function judgeAgain(
  from: Day,
  to: Day,
  ledger: Ledger,
  source: string,
): { day: LedgerDay; state: "complete" | "suspect"; shortfall: Shortfall | null }[] {
  const loaded = loadedDaysOf(ledger, source);
  const first = Math.max(0, lowerBound(loaded, from) - NEIGHBOURS_PER_SIDE);
  const end = lowerBound(loaded, to);
  const last = (loaded[end] === to ? end + 1 : end) + NEIGHBOURS_PER_SIDE;
  const changes = [];
  for (const date of loaded.slice(first, last)) {
    const day = ledger.get(date);
    if (!day || day.confirmed) continue;
    const verdict = judgeRows(day.rows, neighbourRows(date, loaded, ledger), 0, day.expected);
    const state = verdict.kind === "complete" ? "complete" : "suspect";
    if (state !== day.state)
      changes.push({ day, state, shortfall: verdict.kind === "complete" ? null : verdict.shortfall } as const);
  }
  return changes;
}

function medianOf(counts: number[]): number {
  const sorted = [...counts].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 ? upper : Math.round(((sorted[middle - 1] as number) + upper) / 2);
}

/** Index of the first day that is not before `day`. */
function lowerBound(days: readonly Day[], day: Day): number {
  let low = 0;
  let high = days.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((days[middle] as Day) < day) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The warning of a day with fewer rows than expected. */
export function fewRows(rows: number, shortfall: Shortfall): Fact<DayWarningCode> {
  const code = shortfall.reference === "expected" ? "fewer_than_expected" : "few_rows";
  return { code, params: { rows, expected: shortfall.expected, percent: shortfall.percent } };
}
