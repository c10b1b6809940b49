import type { Day } from "@/lib/contract/day";

/** A stock's day before any provider has dressed it: prices in cents, lots of 100 shares, amounts in whole currency units. */
export interface RawBar {
  place: number;
  day: Day;
  /** Six digits, and the exchange they belong to: Shanghai and Shenzhen in turn. */
  code: string;
  exchange: "SH" | "SZ";
  name: string;
  open: number;
  high: number;
  low: number;
  close: number;
  before: number;
  lots: number;
  amount: number;
}

const NAMES = ["浦发银行", "万 科Ａ", "*ST 海航", "平安"];

/** So many stocks on one day. Every stock and every day has other figures, so that a row in the wrong place is seen. */
export function rawBars(day: Day, stocks: number): RawBar[] {
  const date = Number(day.slice(8));
  return Array.from({ length: stocks }, (_, place) => {
    const before = 900 + place * 7 + date * 13;
    const close = before + ((place * 5 + date) % 23) - 11;
    const open = before + ((place + date) % 9) - 4;
    const lots = 120 + place * 3 + date;
    const isShanghai = place % 2 === 0;
    return {
      place,
      day,
      code: isShanghai ? String(600_000 + place) : String(place).padStart(6, "0"),
      exchange: isShanghai ? "SH" : "SZ",
      name: `${NAMES[place % NAMES.length]}${place}`,
      open,
      high: Math.max(open, close) + (place % 4),
      low: Math.min(open, close) - (date % 3),
      close,
      before,
      lots,
      amount: lots * Math.round((open + close) / 2),
    };
  });
}

/** `1234` cents as the number 12.34. */
export const inUnits = (cents: number): number => cents / 100;
/** `1230` cents as a file writes them: `12.30`. */
export const asWritten = (cents: number): string => (cents / 100).toFixed(2);

/** Records as a CSV file with a header, in the order of their keys. Nothing in it needs quotes. */
export const csvOf = (records: readonly object[]): string =>
  [Object.keys(records[0] ?? {}), ...records.map((record) => Object.values(record))]
    .map((fields) => `${fields.join(",")}\r\n`)
    .join("");
