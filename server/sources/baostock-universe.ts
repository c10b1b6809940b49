import type { Day } from "@/lib/contract/day";
import type { Listed } from "./baostock-calls";
import { isIndex } from "./baostock-row";

/** What is known of a chunk of days before its stocks are asked for; plain data, so that it outlives a restart. */
export interface Universe {
  /** Days of the chunk on which the exchange did not trade, by the word of the source. */
  closed: Day[];
  /** Days just before one of the chunk (its key) on which the exchange traded, though our calendar has them closed. */
  openBefore?: Record<Day, Day[]>;
  /** Stocks listed on each day that was asked for. */
  listed: Record<Day, number>;
  /** Each stock with the names it bore and the first day it was seen with each, oldest first. */
  stocks: Record<string, [since: Day, name: string][]>;
}

export function emptyUniverse(closed: Day[], openBefore: Record<Day, Day[]>): Universe {
  return { closed, openBefore, listed: {}, stocks: {} };
}

/** Adds the list of one day; days come in order. Indices are left out. */
export function addListed(universe: Universe, day: Day, listed: readonly Listed[]): void {
  const stocks = listed.filter(({ code }) => !isIndex(code));
  // An empty list is no word on the day: it is asked for again when the walk goes on later.
  if (stocks.length > 0) universe.listed[day] = stocks.length;
  for (const { code, name } of stocks) {
    const names = (universe.stocks[code] ??= []);
    if (names.at(-1)?.[1] !== name) names.push([day, name]);
  }
}

/** The name on that day, so that a day has the same rows alone and among others; before the first sight the first name. */
export function nameOn(universe: Universe, code: string, day: Day): string | null {
  const names = universe.stocks[code] ?? [];
  const name = names.findLast(([since]) => since <= day) ?? names[0];
  return name?.[1] || null;
}

/** Reads what was kept of an earlier run; null where nothing was. */
export function universeOf(notes: unknown): Universe | null {
  return notes === null ? null : (notes as Universe);
}
