/** Why a text cannot be stored as a number. */
export type NumberFault = "not_a_number" | "not_finite" | "too_large_number";

/** What nearly every value looks like; it fits every number column but the volume without another look. */
const PLAIN = /^-?\d{1,17}(?:\.\d{1,17})?$/;
const WHOLE = /^\d{1,18}$/;
const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const NOT_FINITE = /^[+-]?(?:nan|inf|infinity)$/i;
const PARTS = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i;
const MAX_NUMBER_CHARS = 400;
const MAX_BIGINT = 9_223_372_036_854_775_807n;

/**
 * Null when PostgreSQL's `numeric` holds the text as it is. COPY itself would take NaN, Infinity and 1e400, so they are
 * refused here; the bound is that of a double, far beyond any price.
 */
export function numberFault(text: string): NumberFault | null {
  if (PLAIN.test(text)) return null;
  if (NOT_FINITE.test(text)) return "not_finite";
  if (!DECIMAL.test(text)) return "not_a_number";
  const value = Number(text);
  const underflows = value === 0 && /[1-9]/.test(text.split(/e/i, 1)[0] ?? "");
  return text.length > MAX_NUMBER_CHARS || !Number.isFinite(value) || underflows ? "too_large_number" : null;
}

/**
 * The number as digits that fit `bigint`, rounded half away from zero (a volume may arrive as `1234.5` or `1.2e6`).
 * Expects a text without `numberFault`; null when it is beyond `bigint`.
 */
export function wholeNumberText(text: string): string | null {
  if (WHOLE.test(text)) return text;
  const size = Math.abs(Number(text));
  if (size >= 1e19) return null;
  if (size < 0.5) return "0";
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = PARTS.exec(text) ?? [];
  const digits = whole + fraction;
  const pointAt = whole.length + Number(exponent);
  const kept = digits.slice(0, Math.max(0, pointAt)).padEnd(pointAt, "0");
  const roundsUp = pointAt >= 0 && (digits[pointAt] ?? "0") >= "5";
  const value = BigInt(kept || "0") + (roundsUp ? 1n : 0n);
  if (value > MAX_BIGINT) return null;
  return (sign === "-" ? -value : value).toString();
}
