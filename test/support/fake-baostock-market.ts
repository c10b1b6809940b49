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
  /** The first day on which a stock is listed, and the first on which it is not any more, by its place. */
  listedFrom?: Readonly<Record<number, Day>>;
  delistedFrom?: Readonly<Record<number, Day>>;
}

const INDICES = [
  ["sh.000001", "上证综合指数"],
  ["sz.399001", "深证成份指数"],
] as const;

const isIndexCode = (code: string) => INDICES.some(([index]) => index === code);

/** The code of the stock at a place: Shanghai and Shenzhen in turn. */
export const codeOf = (place: number): string =>
  place % 2 === 0 ? `sh.${600_000 + place / 2}` : `sz.${String((place + 1) / 2).padStart(6, "0")}`;
/** Inner spaces and full-width letters are part of a name. */
export const nameOf = (place: number): string => ["浦发银行", "万 科Ａ", "*ST 海航"][place % 3] + String(place);
const placeOf = (code: string): number =>
  code.startsWith("sh.") ? (Number(code.slice(3)) - 600_000) * 2 : Number(code.slice(3)) * 2 - 1;

/** The rows of each call as lists of texts, in the order of the fields that are asked for. */
export function createMarket(market: FakeMarket) {
  const { stocks, holidays = [], publishedUntil = "9999-12-31", suspended = [], listedFrom = {}, delistedFrom = {} } = market;
  const isListed = (place: number, day: Day) => day >= (listedFrom[place] ?? "") && day < (delistedFrom[place] ?? "9999-12-31");
  const isOpen = (day: Day) => !isWeekend(day) && !holidays.includes(day);
  const isThere = (day: Day) => isOpen(day) && day <= publishedUntil;
  const stopped = new Set(suspended);

  /** One text for each field. 324,000 of them make a backfill of 60 days, so they are put together plainly. */
  function fieldOf(field: string, code: string, place: number, day: Day): string {
    const base = 1_000 + (place % 500) + Number(day.slice(8));
    const flat = stopped.has(place);
    const price = (more: number) => `${((base + (flat ? 0 : more)) / 100).toFixed(2)}00`;
    switch (field) {
      case "date":
        return day;
      case "code":
        return code;
      case "preclose":
        return price(0);
      case "open":
        return price(1);
      case "high":
        return price(9);
      case "low":
        return price(-3);
      case "close":
        return price(5);
      case "volume":
        return flat ? "0" : String(10_000 + place);
      case "amount":
        return flat ? "0.0000" : (((base + 3) * (10_000 + place)) / 100).toFixed(4);
      case "turn":
        return flat ? "" : "0.512300";
      case "tradestatus":
        return flat ? "0" : "1";
      case "pctChg":
        return flat ? "" : "0.421100";
      default:
        return "";
    }
  }

  let lastRange = "";
  let lastDays: Day[] = [];
  /** Everybody asks for the same range. */
  function daysThere(from: Day, to: Day): Day[] {
    if (lastRange !== from + to) lastDays = eachDay(from, to).filter(isThere);
    lastRange = from + to;
    return lastDays;
  }

  const listed = Array.from({ length: stocks }, (_, place) => [codeOf(place), stopped.has(place) ? "0" : "1", nameOf(place)]);
  const everybody = [...INDICES.map(([code, name]) => [code, "1", name]), ...listed];
  return {
    tradeDates: (from: Day, to: Day) => eachDay(from, to).map((day) => [day, isOpen(day) ? "1" : "0"]),
    allStock(day: Day): string[][] {
      if (!isThere(day)) return [];
      return everybody.filter(([code = ""]) => isIndexCode(code) || isListed(placeOf(code), day));
    },
    history(code: string, fields: readonly string[], from: Day, to: Day): string[][] {
      const place = placeOf(code);
      if (place >= stocks) return [];
      const days = daysThere(from, to).filter((day) => isListed(place, day));
      return days.map((day) => fields.map((field) => fieldOf(field, code, place, day)));
    },
  };
}
