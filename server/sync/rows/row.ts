/**
 * One bar of one symbol on one day, under the names of the table, as text in canonical units: volume in shares, amount in
 * currency units, change and turnover in percent, prices unadjusted. Numbers stay text from the source to COPY, so no
 * digit is lost on the way; null = the source has no value.
 */
export interface Row {
  stock_code: string | null;
  stock_name: string | null;
  trade_date: string | null;
  open_price: string | null;
  close_price: string | null;
  high_price: string | null;
  low_price: string | null;
  volume: string | null;
  amount: string | null;
  change_pct: string | null;
  change_amount: string | null;
  turnover_rate: string | null;
  amplitude: string | null;
}

/** The 13 columns of `daily_stock_data` in the order of COPY. */
export const COLUMNS = [
  "stock_code",
  "stock_name",
  "trade_date",
  "open_price",
  "close_price",
  "high_price",
  "low_price",
  "volume",
  "amount",
  "change_pct",
  "change_amount",
  "turnover_rate",
  "amplitude",
] as const satisfies readonly (keyof Row)[];

export type Column = (typeof COLUMNS)[number];

/** Columns that hold numbers; null tokens count only here (`NA` is a ticker, not a missing code). */
export const NUMBER_COLUMNS = [
  "open_price",
  "close_price",
  "high_price",
  "low_price",
  "volume",
  "amount",
  "change_pct",
  "change_amount",
  "turnover_rate",
  "amplitude",
] as const satisfies readonly Column[];
