import type { Day } from "@/lib/contract/day";
import type { Row } from "@/server/sync/rows/row";
import { DRESSED_CHARS, isBareCode, withoutExchange } from "./codes";
import type { ColumnPlaces } from "./columns";
import { createDayReader } from "./dates";
import type { IsNull } from "./null-tokens";
import { filledFromPreviousClose } from "@/server/sources/values/previous-close";
import { inUnits, type UnitFactors } from "@/server/sources/values/unit-factors";

const BLANK = 32;

/**
 * Makes rows of records. With a date column, records of other days are left out and not counted; a date that cannot be read
 * stays for the row rules to refuse. Without one the file's day counts. Values come in canonical units; what the file
 * does not say of change and amplitude follows from its previous close. `zone` is that of the exchange, for dates with one.
 */
export function createRowReader(
  places: ColumnPlaces,
  day: Day,
  isNull: IsNull,
  units: UnitFactors | null,
  zone: string,
): (fields: readonly (string | null)[]) => Row | null {
  const compactDay = day.replaceAll("-", "");
  const dayOf = createDayReader(zone);

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
    return {
      stock_code: codeOf(textAt(fields, places.stock_code)),
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

/** Bare of padding of any sign, and of its exchange. */
function codeOf(text: string | null): string | null {
  if (text === null) return null;
  const isBare = isBareCode(text.charCodeAt(0), text.charCodeAt(text.length - 1));
  const code = isBare ? text : text.trim();
  return (DRESSED_CHARS.has(code.length) ? withoutExchange(code) : code) || null;
}

/** Blanks around a value are padding. */
function trimmed(text: string): string {
  if (text.charCodeAt(0) > BLANK && text.charCodeAt(text.length - 1) > BLANK) return text;
  return text.trim();
}
