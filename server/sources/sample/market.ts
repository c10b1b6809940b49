import type { Day } from "@/lib/contract/day";
import type { Row } from "@/server/sync/rows/row";
import { createSampleSymbols, type SampleSymbol } from "./symbols";

const CENTS = 100;
const LOT = 100;

/**
 * Rows of an invented market. A price is a pure function of symbol and day number (slow waves plus noise), so any day can be
 * asked for at any time and its previous close is truly the close of the session before.
 */
export function createSampleMarket(symbolCount: number): (day: Day, previousSession: Day) => Row[] {
  const symbols = createSampleSymbols(symbolCount);
  return (day, previousSession) => {
    const today = dayNumber(day);
    const before = dayNumber(previousSession);
    return symbols.map((symbol) => rowOf(symbol, day, today, before));
  };
}

function rowOf(symbol: SampleSymbol, day: Day, today: number, before: number): Row {
  const previous = closeCents(symbol, before);
  const close = closeCents(symbol, today);
  const open = Math.max(
    1,
    Math.round(previous + (close - previous) * noise(symbol.seed, today, 1) + previous * 0.004 * swing(symbol.seed, today, 2)),
  );
  const high = Math.max(open, close) + Math.round(close * 0.012 * noise(symbol.seed, today, 3));
  const low = Math.max(1, Math.min(open, close) - Math.round(close * 0.012 * noise(symbol.seed, today, 4)));
  const lots = 1 + Math.floor((symbol.floatShares / LOT) * 0.04 * noise(symbol.seed, today, 5) ** 2);
  const volume = lots * LOT;
  // A quarter of the sum of four prices lies between low and high, so amount / volume does too.
  const amountCents = Math.round((volume * (open + close + high + low)) / 4);
  return {
    stock_code: symbol.code,
    stock_name: symbol.name,
    trade_date: day,
    open_price: hundredths(open),
    close_price: hundredths(close),
    high_price: hundredths(high),
    low_price: hundredths(low),
    volume: String(volume),
    amount: hundredths(amountCents),
    change_pct: hundredths(Math.round(((close - previous) / previous) * 100 * CENTS)),
    change_amount: hundredths(close - previous),
    turnover_rate: hundredths(Math.round((volume / symbol.floatShares) * 100 * CENTS)),
    amplitude: hundredths(Math.round(((high - low) / previous) * 100 * CENTS)),
  };
}

/** Close of a symbol in cents: years-long, yearly and monthly waves, shared by the market and its own, and a day's noise. */
function closeCents(symbol: SampleSymbol, dayOrdinal: number): number {
  const market = 0.25 * Math.sin(dayOrdinal / 410) + 0.06 * Math.sin(dayOrdinal / 47) + 0.008 * swing(0, dayOrdinal, 6);
  const own = 0.35 * Math.sin(dayOrdinal / symbol.waveDays + symbol.phase) + 0.012 * swing(symbol.seed, dayOrdinal, 7);
  return Math.max(2, Math.round(symbol.baseCents * Math.exp(market + own)));
}

/** A number in [0, 1) that depends on its three arguments only (integer mixing in the manner of a hash). */
function noise(seed: number, dayOrdinal: number, salt: number): number {
  let h = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(dayOrdinal + salt * 65_537, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return ((h ^ (h >>> 15)) >>> 0) / 0x1_0000_0000;
}

/** The same in [-1, 1). */
function swing(seed: number, dayOrdinal: number, salt: number): number {
  return noise(seed, dayOrdinal, salt) * 2 - 1;
}

/** A number that grows by about one a day: only the shape of the waves depends on it. */
function dayNumber(day: Day): number {
  return Number(day.slice(0, 4)) * 372 + Number(day.slice(5, 7)) * 31 + Number(day.slice(8));
}

/** Hundredths as text with two decimals; twice as fast as `toFixed`, and exact. */
function hundredths(count: number): string {
  const size = Math.abs(count);
  const cents = size % CENTS;
  return `${count < 0 ? "-" : ""}${(size - cents) / CENTS}.${cents < 10 ? "0" : ""}${cents}`;
}
