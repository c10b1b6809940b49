import type { DayWarningCode, Fact } from "@/lib/contract/problem";
import type { Row } from "./row";
import { shown } from "./shown";

/** Half a cent and one ten-thousandth: amounts and prices are rounded by every provider. */
const AVERAGE_TOLERANCE = 0.005;
const AVERAGE_TOLERANCE_SHARE = 1e-4;
/** Fractions of shares are traded and whole ones stored; amounts come in cents. One share and a half may be stored as two. */
const HALF_SHARE = 0.5;
const HALF_CENT = 0.005;
const CODES_SHOWN = 5;

/** Looks at prices that are stored although they cannot all be right, and sums up what it saw as warnings of the day. */
export interface PriceChecks {
  look(row: Row): void;
  warnings(): Fact<DayWarningCode>[];
}

/** Counts rows and remembers the first codes. */
function createTally() {
  const codes: string[] = [];
  let count = 0;
  return {
    add(row: Row): void {
      count++;
      if (codes.length < CODES_SHOWN) codes.push(shown(row.stock_code ?? ""));
    },
    seen(): { count: number; codes: string } | null {
      if (count === 0) return null;
      return { count, codes: codes.join(", ") + (count > CODES_SHOWN ? " …" : "") };
    },
  };
}

/** An absent bound refuses nothing: NaN compares false with everything. */
function numberOf(text: string | null): number {
  return text === null ? Number.NaN : Number(text);
}

/** NaN for an absent price refuses nothing. */
export function priceIsOutside(open: number, close: number, high: number, low: number): boolean {
  return low > open || low > close || high < open || high < close;
}

/** True where amount by volume is no price that was paid between low and high; `volume` is above 0. */
export function averageIsOutside(amount: number, volume: number, high: number, low: number): boolean {
  const tolerance = AVERAGE_TOLERANCE + (AVERAGE_TOLERANCE_SHARE * amount) / volume;
  const most = (amount + HALF_CENT) / (volume - HALF_SHARE);
  const least = (amount - HALF_CENT) / (volume + HALF_SHARE);
  return most < low - tolerance || least > high + tolerance;
}

/** No share is worth nothing or less, and nobody trades fewer than none of them. NaN for an absent value refuses nothing. */
function isBelowZero(row: Row): boolean {
  const { open_price, high_price, low_price, volume, amount } = row;
  return Number(row.close_price) <= 0 || [open_price, high_price, low_price, volume, amount].some((text) => numberOf(text) < 0);
}

export function createPriceChecks(): PriceChecks {
  const empty = createTally();
  const outside = createTally();
  const average = createTally();
  const belowZero = createTally();
  const emptyFields = { open: false, high: false, low: false };

  return {
    look(row) {
      if (row.open_price === null || row.high_price === null || row.low_price === null) {
        empty.add(row);
        emptyFields.open ||= row.open_price === null;
        emptyFields.high ||= row.high_price === null;
        emptyFields.low ||= row.low_price === null;
      }
      const open = numberOf(row.open_price);
      const close = numberOf(row.close_price);
      const high = numberOf(row.high_price);
      const low = numberOf(row.low_price);
      if (priceIsOutside(open, close, high, low)) outside.add(row);
      if (isBelowZero(row)) belowZero.add(row);
      const volume = numberOf(row.volume);
      if (volume > 0 && row.amount !== null && averageIsOutside(Number(row.amount), volume, high, low)) average.add(row);
    },
    warnings() {
      const found: Fact<DayWarningCode>[] = [];
      const emptySeen = empty.seen();
      if (emptySeen) {
        const fields = (["open", "high", "low"] as const).filter((field) => emptyFields[field]).join(", ");
        found.push({ code: "empty_prices", params: { ...emptySeen, fields } });
      }
      const outsideSeen = outside.seen();
      if (outsideSeen) found.push({ code: "price_outside_range", params: outsideSeen });
      const belowZeroSeen = belowZero.seen();
      if (belowZeroSeen) found.push({ code: "below_zero", params: belowZeroSeen });
      const averageSeen = average.seen();
      if (averageSeen) found.push({ code: "average_outside_range", params: averageSeen });
      return found;
    },
  };
}
