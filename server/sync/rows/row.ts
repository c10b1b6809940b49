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
] as const;

export type Column = (typeof COLUMNS)[number];

/**
 * One bar of one symbol on one day, under the names of the table, as text in canonical units: volume in shares, amount in
 * currency units, change and turnover in percent, prices unadjusted. Numbers stay text from the source to COPY, so no
 * digit is lost on the way; null = the source has no value.
 */
export type Row = Record<Column, string | null>;

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
