import type { Day } from "@/lib/contract/day";
import type { Listed } from "./calls";
import { isIndex } from "./row";

/** What is known of a chunk of days before its stocks are asked for; plain data, so that it outlives a restart. */
export interface Universe {
  /** Days of the chunk on which the exchange did not trade, by the word of the source. */
  closed: Day[];
  /** Days just before one of the chunk (its key) on which the exchange traded, though our calendar has them closed. */
  openBefore: Record<Day, Day[]>;
  /** Stocks listed on each day that was asked for. */
  listed: Record<Day, number>;
  /** Each stock with the names it bore and the first day it was seen with each, oldest first. */
  stocks: Record<string, [since: Day, name: string][]>;
  /** Stocks that a later list did not name any more, and the day of that list. */
  left: Record<string, Day>;
  /** Stocks that the source would not give, and its words: on their days a row is missing. */
  refused: Record<string, string>;
}

export function emptyUniverse(closed: Day[], openBefore: Record<Day, Day[]>): Universe {
  return { closed, openBefore, listed: {}, stocks: {}, left: {}, refused: {} };
}

/** Adds the list of one day; days come in order. Indices are left out. */
export function addListed(universe: Universe, day: Day, listed: readonly Listed[]): void {
  const stocks = listed.filter(({ code }) => !isIndex(code));
  const isLatest = Object.keys(universe.listed).every((other) => other < day);
  // An empty list is no word on the day: it is asked for again when the walk goes on later.
  if (stocks.length > 0) universe.listed[day] = stocks.length;
  for (const { code, name } of stocks) {
    const names = (universe.stocks[code] ??= []);
    const first = names[0];
    // A list that was empty at first comes behind those of later days.
    if (first && day < first[0]) names.unshift([day, name]);
    else if (names.at(-1)?.[1] !== name) names.push([day, name]);
    delete universe.left[code];
  }
  if (stocks.length === 0 || !isLatest) return;
  const here = new Set(stocks.map(({ code }) => code));
  for (const code of Object.keys(universe.stocks)) if (!here.has(code)) universe.left[code] ??= day;
}

/** False only where the lists say so: a day never counts as whole without a stock that may belong to it. */
export function isListedOn({ stocks, left }: Universe, code: string, day: Day): boolean {
  const since = stocks[code]?.[0]?.[0];
  const until = left[code];
  return since !== undefined && since <= day && (until === undefined || day < until);
}

/** The name on that day, so that a day has the same rows alone and among others; before the first sight the first name. */
export function nameOn(universe: Universe, code: string, day: Day): string | null {
  const names = universe.stocks[code] ?? [];
  const name = names.findLast(([since]) => since <= day) ?? names[0];
  return name?.[1] || null;
}

/** Reads what was kept of an earlier run; null where nothing was. */
export function universeOf(notes: unknown): Universe | null {
  return notes === null ? null : { ...emptyUniverse([], {}), ...(notes as Partial<Universe>) };
}
