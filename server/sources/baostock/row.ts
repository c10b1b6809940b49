import type { Row } from "@/server/sync/rows/row";
import type { HistoryRecord } from "./calls";
import { fromPreviousClose } from "@/server/sources/values/previous-close";

/** `sh.000*` and `sz.399*` are indices. */
export function isIndex(code: string): boolean {
  return code.startsWith("sh.000") || code.startsWith("sz.399");
}

/** `sh.600000` → `600000`: the six digits that every source of this market stores. */
export function sixDigits(code: string): string {
  return code.slice(code.indexOf(".") + 1);
}

/**
 * A bar under the names of the table: volume in shares, amount in CNY, prices unadjusted, as delivered. Change and amplitude
 * come from the bar's own previous close. A suspended stock is a row like any other.
 */
export function rowOf(record: HistoryRecord, name: string | null): Row {
  const prices = { close_price: orNull(record.close), high_price: orNull(record.high), low_price: orNull(record.low) };
  const { change_amount, amplitude } = fromPreviousClose(prices, orNull(record.preclose));
  return {
    stock_code: sixDigits(record.code),
    stock_name: name,
    trade_date: record.date,
    open_price: orNull(record.open),
    ...prices,
    volume: orNull(record.volume),
    amount: orNull(record.amount),
    change_pct: orNull(record.pctChg),
    change_amount,
    turnover_rate: orNull(record.turn),
    amplitude,
  };
}

function orNull(text: string): string | null {
  return text === "" ? null : text;
}
