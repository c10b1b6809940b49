import { CUT_OF, CUTS_PER_ROW, type CutRows } from "./cut-rows";
import { averageIsOutside, priceIsOutside } from "./price-checks";

/** Nobody has doubts about these digits: as one number they are exact, and so is their division by a power of ten. */
const MAX_DIGITS = 15;
const POWERS = Array.from({ length: MAX_DIGITS + 1 }, (_, places) => 10 ** places);
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const NINE = 57;

/** Columns that hold numbers and no prices that are compared: that they are plain is all that is asked. */
const OTHER_NUMBERS = [CUT_OF.change_pct, CUT_OF.change_amount, CUT_OF.turnover_rate, CUT_OF.amplitude];

/**
 * Tells the rows that pass the row rules as they are and of which nothing is to be said: code and prices are there, the code
 * has all `codeDigits` and is no number (null = the exchange has no such rule), every number is plain digits, and the prices
 * fit together. The others are for the rules themselves.
 */
export function createPlainTest({ bytes, cuts }: CutRows, codeDigits: number | null): (index: number) => boolean {
  /** A code may be shorter: if it has another sign than digits. That is looked at by the rules. */
  const leastCodeBytes = codeDigits ?? 1;
  const isEmpty = (at: number) => cuts[at] === cuts[at + 1];
  /** The number of a column, NaN where it has none or one that needs a closer look. */
  const valueAt = (at: number) => plainNumber(bytes, cuts[at] as number, cuts[at + 1] as number);
  const wholeAt = (at: number) => wholeNumber(bytes, cuts[at] as number, cuts[at + 1] as number);

  return (index) => {
    const at = index * CUTS_PER_ROW;
    const codeAt = at + CUT_OF.stock_code;
    const [codeFrom, codeTo] = [cuts[codeAt] as number, cuts[codeAt + 1] as number];
    if (codeTo - codeFrom < leastCodeBytes) return false;
    if (codeDigits !== null && beginsAsNumber(bytes, codeFrom, codeTo)) return false;
    for (const column of OTHER_NUMBERS) {
      if (!isEmpty(at + column) && Number.isNaN(valueAt(at + column))) return false;
    }
    const open = valueAt(at + CUT_OF.open_price);
    const close = valueAt(at + CUT_OF.close_price);
    const high = valueAt(at + CUT_OF.high_price);
    const low = valueAt(at + CUT_OF.low_price);
    // Many files have no amount. Without it, or without a volume, there is no average price to look at.
    const hasAmount = !isEmpty(at + CUT_OF.amount);
    const amount = hasAmount ? valueAt(at + CUT_OF.amount) : 0;
    const volume = isEmpty(at + CUT_OF.volume) ? 0 : wholeAt(at + CUT_OF.volume);
    // NaN is in the sum of whatever it is in.
    if (Number.isNaN(open + close + high + low + volume + amount) || priceIsOutside(open, close, high, low)) return false;
    if (close <= 0 || low < 0 || amount < 0) return false;
    return !hasAmount || volume === 0 || !averageIsOutside(amount, volume, high, low);
  };
}

/** True where a digit stands first, and then not only digits: `600001.0` is a number, `000001.SH` an index. */
function beginsAsNumber(bytes: Uint8Array, from: number, to: number): boolean {
  if (!isDigit(bytes[from])) return false;
  for (let at = from + 1; at < to; at += 1) if (!isDigit(bytes[at])) return true;
  return false;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}

/** The value of `-12.34`, as `Number` reads it; NaN for all that is not digits with a point between them. */
export function plainNumber(bytes: Uint8Array, from: number, to: number): number {
  const begin = bytes[from] === MINUS ? from + 1 : from;
  let digits = 0;
  let point = -1;
  for (let at = begin; at < to; at += 1) {
    const byte = bytes[at] as number;
    if (byte >= ZERO && byte <= NINE) digits = digits * 10 + byte - ZERO;
    else if (byte === POINT && point < 0 && at > begin && at < to - 1) point = at;
    else return Number.NaN;
  }
  const count = point < 0 ? to - begin : to - begin - 1;
  if (from >= to || count < 1 || count > MAX_DIGITS) return Number.NaN;
  const size = point < 0 ? digits : digits / (POWERS[to - point - 1] as number);
  return begin === from ? size : -size;
}

/** The value of digits alone; NaN for everything else. */
function wholeNumber(bytes: Uint8Array, from: number, to: number): number {
  let digits = 0;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] as number;
    if (byte < ZERO || byte > NINE) return Number.NaN;
    digits = digits * 10 + byte - ZERO;
  }
  return from < to && to - from <= MAX_DIGITS ? digits : Number.NaN;
}
