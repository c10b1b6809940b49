import { type Day, isDay } from "@/lib/contract/day";
import type { Row } from "@/server/sync/rows/row";
import type { ColumnPlaces } from "./columns";
import type { IsNull } from "./null-tokens";
import { filledFromPreviousClose } from "@/server/sources/values/previous-close";
import { inUnits, type UnitFactors } from "@/server/sources/values/unit-factors";

const INDEX = /^(?:000\d{3}\.(?:SH|XSHG)|399\d{3}\.(?:SZ|XSHE)|SH\.?000\d{3}|SZ\.?399\d{3})$/i;
const DRESSED = /^(?:(\d{6})\.(?:SH|SZ|BJ|XSHG|XSHE)|(?:(?:SH|SZ|BJ)\.?|')(\d{6}))$/i;
const BLANK = 32;
/** Of `'600000`, `SH600000`, `600000.SH` or `sh.600000`, and `600000.XSHG`. */
export const DRESSED_CHARS: ReadonlySet<number> = new Set([7, 8, 9, 11]);

/**
 * Makes rows of records. With a date column, records of other days are left out and not counted; a date that cannot be read
 * stays for the row rules to refuse. Without one the file's day counts. Values come in canonical units; what the file
 * does not say of change and amplitude follows from its previous close.
 */
export function createRowReader(
  places: ColumnPlaces,
  day: Day,
  isNull: IsNull,
  units: UnitFactors | null,
): (fields: readonly (string | null)[]) => Row | null {
  const compactDay = day.replaceAll("-", "");
  const dayOf = createDayReader();

  const textAt = (fields: readonly (string | null)[], at: number): string | null =>
    at < 0 ? null : trimmed(fields[at] ?? "") || null;
  const numberAt = (fields: readonly (string | null)[], at: number): string | null => {
    if (at < 0) return null;
    const text = trimmed(fields[at] ?? "");
    return isNull(text) ? null : text;
  };

  const asWritten = (fields: readonly (string | null)[]): Row | null => {
    let tradeDate: string | null = day;
    if (places.trade_date >= 0) {
      const text = trimmed(fields[places.trade_date] ?? "");
      if (text !== day && text !== compactDay) {
        const date = dayOf(text);
        if (date !== null && date !== day) return null;
        tradeDate = (date ?? text) || null;
      }
    }
    const code = textAt(fields, places.stock_code);
    return {
      stock_code: code !== null && DRESSED_CHARS.has(code.length) ? withoutExchange(code) : code,
      stock_name: textAt(fields, places.stock_name),
      trade_date: tradeDate,
      open_price: numberAt(fields, places.open_price),
      close_price: numberAt(fields, places.close_price),
      high_price: numberAt(fields, places.high_price),
      low_price: numberAt(fields, places.low_price),
      volume: numberAt(fields, places.volume),
      amount: numberAt(fields, places.amount),
      change_pct: numberAt(fields, places.change_pct),
      change_amount: numberAt(fields, places.change_amount),
      turnover_rate: numberAt(fields, places.turnover_rate),
      amplitude: numberAt(fields, places.amplitude),
    };
  };
  const rowOf = inUnits(asWritten, units);
  if (places.previous_close < 0) return rowOf;
  /** It is a price of the same file: what the close is multiplied with counts for it too. */
  const priceFactor = units?.get("close_price") ?? ((text: string) => text);
  return (fields) => {
    const row = rowOf(fields);
    const before = numberAt(fields, places.previous_close);
    return row && filledFromPreviousClose(row, before === null ? null : priceFactor(before));
  };
}

/**
 * A-shares are stored as six digits, however a file dresses them: `600000.SH`, `sh.600000`, `SH600000`, `600000.XSHG`,
 * `'600000` (so that Excel leaves the zeros of others alone). An index keeps its dress:
 * `000001.SH` is the market of Shanghai, and bare it would be the bank `000001.SZ`.
 */
export function withoutExchange(code: string): string {
  if (INDEX.test(code)) return code;
  const [, after, before] = DRESSED.exec(code) ?? [];
  return after ?? before ?? code;
}

/** Blanks around a value are padding. */
function trimmed(text: string): string {
  if (text.charCodeAt(0) > BLANK && text.charCodeAt(text.length - 1) > BLANK) return text;
  return text.trim();
}

const DATE = /^(\d{4})(?:(\d\d)(\d\d)|-(\d\d)-(\d\d)|\/(\d\d?)\/(\d\d?))(?:[T ]\d\d:[\d:.]+)?$/;

/** The day a text names (`2024-01-02`, `20240102`, `2024/1/2`, with a time of day or without), or null; a file has few different ones. */
export function createDayReader(): (text: string) => Day | null {
  const answers = new Map<string, Day | null>();
  return (text) => {
    const known = answers.get(text);
    if (known !== undefined) return known;
    const [, year, ...parts] = DATE.exec(text.trim()) ?? [];
    const [month, date] = parts.filter((part) => part !== undefined).map((part) => part.padStart(2, "0"));
    const day = `${year}-${month}-${date}`;
    const answer = isDay(day) ? day : null;
    answers.set(text, answer);
    return answer;
  };
}
