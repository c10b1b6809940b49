const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i;
/** Beyond what any table holds: such a number goes on to the row rules as it came. */
const MAX_EXPONENT = 40;
const MAX_CHARS = 400;

export interface Decimal {
  digits: bigint;
  /** Digits behind the point; negative = zeros before it. */
  places: number;
}

function decimalOf(text: string): Decimal | null {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = DECIMAL.exec(text) ?? [];
  if (whole + fraction === "" || Math.abs(Number(exponent)) > MAX_EXPONENT || text.length > MAX_CHARS) return null;
  const digits = BigInt(whole + fraction);
  return { digits: sign === "-" ? -digits : digits, places: fraction.length - Number(exponent) };
}

/** Digits with the point set `places` from the right, without zeros that say nothing. */
export function decimalText({ digits, places }: Decimal): string {
  if (places <= 0) return (digits * 10n ** BigInt(-places)).toString();
  const size = (digits < 0n ? -digits : digits).toString().padStart(places + 1, "0");
  const fraction = size.slice(-places).replace(/0+$/, "");
  const whole = size.slice(0, -places);
  const sign = digits < 0n ? "-" : "";
  return fraction === "" ? sign + whole : `${sign}${whole}.${fraction}`;
}

function rounded({ digits, places }: Decimal, most: number): Decimal {
  if (places <= most) return { digits, places };
  const unit = 10n ** BigInt(places - most);
  const half = digits < 0n ? -unit / 2n : unit / 2n;
  return { digits: (digits + half) / unit, places: most };
}

/** The number times 10 to the `power`, exactly; what is no number comes back as it is, for the row rules to name. */
export function shiftPoint(text: string, power: number): string {
  const decimal = decimalOf(text);
  return decimal ? decimalText({ digits: decimal.digits, places: decimal.places - power }) : text;
}

/**
 * The product, exactly or with at most `places` digits behind the point, half away from zero; null where one of the two is no
 * number.
 */
export function productText(a: string, b: string, places = Number.POSITIVE_INFINITY): string | null {
  const [left, right] = [decimalOf(a), decimalOf(b)];
  if (!left || !right) return null;
  return decimalText(rounded({ digits: left.digits * right.digits, places: left.places + right.places }, places));
}

/** `a - b`, exactly; null where one of the two is missing or no number. */
export function differenceText(a: string | null, b: string | null): string | null {
  const [left, right] = [decimalOf(a ?? ""), decimalOf(b ?? "")];
  if (!left || !right) return null;
  const places = Math.max(left.places, right.places);
  const at = (one: Decimal) => one.digits * 10n ** BigInt(places - one.places);
  return decimalText({ digits: at(left) - at(right), places });
}

/** `part` as percent of `whole`, four digits behind the point; null where that has no meaning. */
export function percentText(part: string | null, whole: string | null): string | null {
  const [above, below] = [part === null ? null : decimalOf(part), whole === null ? null : decimalOf(whole)];
  if (!above || !below || below.digits <= 0n) return null;
  const PLACES = 4;
  // One digit more than is kept, then rounded; the exponent is what both scales leave over.
  const scale = PLACES + 3 + below.places - above.places;
  const shifted = scale >= 0 ? above.digits * 10n ** BigInt(scale) : above.digits / 10n ** BigInt(-scale);
  return decimalText(rounded({ digits: shifted / below.digits, places: PLACES + 1 }, PLACES));
}
