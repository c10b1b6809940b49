import { type Day, eachDay, isWeekend } from "@/lib/contract/day";

/** A small exchange as Baostock would tell of it. Codes come in both exchanges, two indices beside the stocks. */
export interface FakeMarket {
  stocks: number;
  /** Weekdays on which the exchange is closed. */
  holidays?: readonly Day[];
  /** The last day that is published; without it every day is. */
  publishedUntil?: Day;
  /** Stocks (by their place) that are suspended on every day. */
  suspended?: readonly number[];
}

const INDICES = [
  ["sh.000001", "上证综合指数"],
  ["sz.399001", "深证成份指数"],
] as const;

export const codeOf = (place: number): string =>
  place % 2 === 0 ? `sh.${600_000 + place / 2}` : `sz.${String((place + 1) / 2).padStart(6, "0")}`;
/** Inner spaces and full-width letters are part of a name. */
export const nameOf = (place: number): string => ["浦发银行", "万 科Ａ", "*ST 海航"][place % 3] + String(place);
const placeOf = (code: string): number =>
  code.startsWith("sh.") ? (Number(code.slice(3)) - 600_000) * 2 : Number(code.slice(3)) * 2 - 1;

/** The rows of each call as lists of texts, in the order of the fields that are asked for. */
export function createMarket({ stocks, holidays = [], publishedUntil = "9999-12-31", suspended = [] }: FakeMarket) {
  const isOpen = (day: Day) => !isWeekend(day) && !holidays.includes(day);
  const isThere = (day: Day) => isOpen(day) && day <= publishedUntil;
  const stopped = new Set(suspended);

  function barOf(code: string, day: Day): Record<string, string> {
    const place = placeOf(code);
    const base = 1_000 + (place % 500) + Number(day.slice(8));
    const price = (cents: number) => `${(cents / 100).toFixed(2)}00`;
    const common = { date: day, code, preclose: price(base), adjustflag: "3" };
    if (stopped.has(place)) {
      const flat = price(base);
      return {
        ...common,
        open: flat,
        high: flat,
        low: flat,
        close: flat,
        volume: "0",
        amount: "0.0000",
        turn: "",
        tradestatus: "0",
        pctChg: "",
      };
    }
    return {
      ...common,
      open: price(base + 1),
      high: price(base + 9),
      low: price(base - 3),
      close: price(base + 5),
      volume: String(10_000 + place),
      amount: (((base + 3) * (10_000 + place)) / 100).toFixed(4),
      turn: "0.512300",
      tradestatus: "1",
      pctChg: "0.421100",
    };
  }

  return {
    tradeDates: (from: Day, to: Day) => eachDay(from, to).map((day) => [day, isOpen(day) ? "1" : "0"]),
    allStock(day: Day): string[][] {
      if (!isThere(day)) return [];
      const listed = Array.from({ length: stocks }, (_, place) => [codeOf(place), stopped.has(place) ? "0" : "1", nameOf(place)]);
      return [...INDICES.map(([code, name]) => [code, "1", name]), ...listed];
    },
    history(code: string, fields: readonly string[], from: Day, to: Day): string[][] {
      if (placeOf(code) >= stocks) return [];
      return eachDay(from, to)
        .filter(isThere)
        .map((day) => {
          const bar = barOf(code, day);
          return fields.map((field) => bar[field] ?? "");
        });
    },
  };
}
