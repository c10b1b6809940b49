import type { SchemaElement } from "hyparquet";
import { addDays } from "@/lib/contract/day";
import { dayIn } from "@/lib/contract/instant";
import { BadRowsError } from "@/server/sync/errors";
import { decimalText } from "@/server/sources/values/decimal-text";

const DAY_MS = 86_400_000n;
const EPOCH = "1970-01-01";
/** Beyond these a date is no date of a market (the years 1 and 9999), and no `YYYY-MM-DD` either. */
const FIRST_EPOCH_DAY = -719_162n;
const LAST_EPOCH_DAY = 2_932_896n;
const UNITS_PER_MS: Record<string, bigint> = { MILLIS: 1n, MICROS: 1_000n, NANOS: 1_000_000n };
const FLOAT32_DIGITS = [6, 7, 8, 9];

/** A stored value as the text that stands for it exactly; an absent one is the empty text. */
export type ToText = (value: unknown) => string;

/**
 * How the values of a column become text, or null for a type that no column of ours can come from. Values are expected raw,
 * as they are stored: hyparquet's own conversion makes doubles of decimals and dates of the local zone.
 */
export function textOf({ type, type_length, converted_type, logical_type, scale }: SchemaElement, zone: string): ToText | null {
  const kind = logical_type?.type;
  if (kind === "DECIMAL" || converted_type === "DECIMAL") {
    const decimals = kind === "DECIMAL" ? logical_type.scale : (scale ?? 0);
    return present((value) => decimalText({ digits: wholeOf(value), places: decimals }));
  }
  if (kind === "DATE" || converted_type === "DATE") return present((value) => dateText(BigInt(value as number)));
  if (kind === "TIMESTAMP") {
    const perMs = UNITS_PER_MS[logical_type.unit] ?? 1n;
    const ofDay = logical_type.isAdjustedToUTC ? (ms: bigint) => dayOfInstant(ms, zone) : dayOfClock;
    return present((value) => ofDay(floorDivide(value as bigint, perMs)));
  }
  if (converted_type === "TIMESTAMP_MILLIS") return present((value) => dayOfInstant(value as bigint, zone));
  if (converted_type === "TIMESTAMP_MICROS") return present((value) => dayOfInstant(floorDivide(value as bigint, 1_000n), zone));
  if (type === "INT96") return present((value) => dayOfInstant(floorDivide(value as bigint, 1_000_000n), zone));
  if (kind === "TIME" || kind === "UUID" || kind === "FLOAT16" || converted_type === "INTERVAL") return null;
  if (type === "INT32" || type === "INT64") {
    const unsigned = converted_type?.startsWith("UINT_") || (kind === "INTEGER" && !logical_type.isSigned);
    const bits = type === "INT32" ? 32 : 64;
    return present((value) => (unsigned ? BigInt.asUintN(bits, BigInt(value as number)) : (value as number | bigint)).toString());
  }
  if (type === "DOUBLE") return present((value) => floatText(value as number));
  if (type === "FLOAT") return present((value) => float32Text(value as number));
  if (type === "BYTE_ARRAY" || (type === "FIXED_LEN_BYTE_ARRAY" && type_length !== undefined)) return utf8Text();
  return null;
}

function present(toText: ToText): ToText {
  return (value) => (value === null || value === undefined ? "" : toText(value));
}

/** Strict; the same bytes object stands for every row of a dictionary, so most rows need no decoding. */
function utf8Text(): ToText {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const known = new WeakMap<object, string>();
  return present((value) => {
    const bytes = value as Uint8Array;
    const before = known.get(bytes);
    if (before !== undefined) return before;
    try {
      const text = decoder.decode(bytes);
      known.set(bytes, text);
      return text;
    } catch {
      throw new BadRowsError({ rule: "not_in_encoding", row: 0, encoding: "UTF-8" });
    }
  });
}

/** The unscaled number of a decimal: an integer, or big-endian bytes in two's complement. */
function wholeOf(value: unknown): bigint {
  if (!(value instanceof Uint8Array)) return BigInt(value as number | bigint);
  const hex = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex");
  return hex === "" ? 0n : BigInt.asIntN(value.byteLength * 8, BigInt(`0x${hex}`));
}

/** The shortest text that is this double; JavaScript writes it so. */
function floatText(value: number): string {
  return Object.is(value, -0) ? "0" : String(value);
}

/** The shortest text that is this single: 10.1 as a double would be 10.100000381469727. */
function float32Text(value: number): string {
  if (!Number.isFinite(value) || Number.isInteger(value)) return floatText(value);
  const texts = FLOAT32_DIGITS.map((digits) => String(Number(value.toPrecision(digits))));
  return texts.find((text) => Math.fround(Number(text)) === value) ?? String(value);
}

/** A clock's reading without a zone: its own date. */
function dayOfClock(ms: bigint): string {
  return dateText(floorDivide(ms, DAY_MS));
}

/** Midnight UTC is how writers put a mere date into an instant; any other instant is read on the exchange's clock. */
function dayOfInstant(ms: bigint, zone: string): string {
  const epochDay = floorDivide(ms, DAY_MS);
  const isDate = ms === epochDay * DAY_MS;
  return isDate || epochDay <= FIRST_EPOCH_DAY || epochDay >= LAST_EPOCH_DAY ? dateText(epochDay) : dayIn(zone, Number(ms));
}

function dateText(epochDay: bigint): string {
  if (epochDay < FIRST_EPOCH_DAY || epochDay > LAST_EPOCH_DAY) return `day ${epochDay} since ${EPOCH}`;
  return addDays(EPOCH, Number(epochDay));
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
}
