import type { Row } from "@/server/sync/rows/row";
import { differenceText, percentText } from "./decimal-text";

type FromPrevious = Pick<Row, "change_amount" | "change_pct" | "amplitude">;
type Prices = Pick<Row, "close_price" | "high_price" | "low_price">;

/**
 * What follows from the source's own previous close: the change in currency units and percent, and the amplitude in
 * percent, four digits behind the point. Null where a price is missing or no number, or the previous close is not above 0.
 */
export function fromPreviousClose(prices: Prices, previousClose: string | null): FromPrevious {
  const change = differenceText(prices.close_price, previousClose);
  const range = differenceText(prices.high_price, prices.low_price);
  return {
    change_amount: change,
    change_pct: percentText(change, previousClose),
    amplitude: percentText(range, previousClose),
  };
}

/** The same row; what it lacks follows from the previous close. What the source says itself stays. */
export function filledFromPreviousClose(row: Row, previousClose: string | null): Row {
  if (previousClose === null) return row;
  const { change_amount, change_pct, amplitude } = fromPreviousClose(row, previousClose);
  row.change_amount ??= change_amount;
  row.change_pct ??= change_pct;
  row.amplitude ??= amplitude;
  return row;
}
