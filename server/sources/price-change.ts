const DECIMAL = /^(-?)(\d{1,18})(?:\.(\d{1,18}))?$/;
/** Digits after the point of a percentage that is reckoned here. */
const PERCENT_DIGITS = 6;

/** A number as a whole count of its smallest digit: 10.25 is 1025 with two digits. */
interface Decimal {
  units: bigint;
  digits: number;
}

function decimalOf(text: string | null): Decimal | null {
  const [, sign = "", whole = "", fraction = ""] = DECIMAL.exec(text ?? "") ?? [];
  if (whole === "") return null;
  const units = BigInt(whole + fraction);
  return { units: sign === "-" ? -units : units, digits: fraction.length };
}

/** `a - b` with the digits of the longer one, and no digit lost; null where one of them is missing or no plain number. */
export function differenceText(a: string | null, b: string | null): string | null {
  const left = decimalOf(a);
  const right = decimalOf(b);
  if (!left || !right) return null;
  const { units, digits } = subtract(left, right);
  return textOf(units, digits);
}

/** `(high - low) / base` in percent, rounded half away from zero; null where the base is zero or something is missing. */
export function percentText(high: string | null, low: string | null, base: string | null): string | null {
  const top = decimalOf(high);
  const bottom = decimalOf(low);
  const divisor = decimalOf(base);
  if (!top || !bottom || !divisor || divisor.units === 0n) return null;
  const { units, digits } = subtract(top, bottom);
  const scaled = units * 10n ** BigInt(2 + PERCENT_DIGITS + divisor.digits);
  const by = divisor.units * 10n ** BigInt(digits);
  return textOf(rounded(scaled, by), PERCENT_DIGITS);
}

function subtract(a: Decimal, b: Decimal): Decimal {
  const digits = Math.max(a.digits, b.digits);
  const scale = (number: Decimal) => number.units * 10n ** BigInt(digits - number.digits);
  return { units: scale(a) - scale(b), digits };
}

function rounded(dividend: bigint, divisor: bigint): bigint {
  const isNegative = dividend < 0n !== divisor < 0n;
  const size = (2n * abs(dividend) + abs(divisor)) / (2n * abs(divisor));
  return isNegative ? -size : size;
}

const abs = (value: bigint) => (value < 0n ? -value : value);

function textOf(units: bigint, digits: number): string {
  const text = abs(units)
    .toString()
    .padStart(digits + 1, "0");
  const point = text.length - digits;
  const sign = units < 0n ? "-" : "";
  return digits === 0 ? sign + text : `${sign}${text.slice(0, point)}.${text.slice(point)}`;
}
