import { type Column, NUMBER_COLUMNS, type Row } from "@/server/sync/rows/row";
import { productText } from "./decimal-text";
import { SourceConfigError } from "@/server/sources/source-config";

const FACTOR = /^\d{1,15}(?:\.\d{1,15})?$/;

/** A number as text times a factor, exactly. What is no number comes back as it is: the row rules name it. */
type Multiply = (text: string) => string;

/** What each column of the file is multiplied with to come to canonical units. */
export type UnitFactors = ReadonlyMap<(typeof NUMBER_COLUMNS)[number], Multiply>;

/** Reads `volume=100,amount=1000` (lots to shares, thousands to currency units); null when nothing is set. */
export function parseUnitFactors(text: string | null): UnitFactors | null {
  if (!text?.trim()) return null;
  const factors = new Map<(typeof NUMBER_COLUMNS)[number], Multiply>();
  for (const pair of text.split(",")) {
    const [target = "", factor = "", ...more] = pair.split("=").map((part) => part.trim());
    const column = NUMBER_COLUMNS.find((name) => name === target);
    if (!column || more.length > 0 || !FACTOR.test(factor) || !/[1-9]/.test(factor)) {
      throw new SourceConfigError(
        "FILES_UNITS",
        `expected pairs like volume=100 with a factor above 0 for ${NUMBER_COLUMNS.join(", ")}, got ${pair.trim()}`,
      );
    }
    if (factors.has(column)) throw new SourceConfigError("FILES_UNITS", `${column} is named twice`);
    factors.set(column, multiplyBy(factor));
  }
  return factors;
}

/** The same rows in canonical units. */
export function inUnits<Given>(rowOf: (given: Given) => Row | null, factors: UnitFactors | null): (given: Given) => Row | null {
  if (!factors) return rowOf;
  return (given) => {
    const row = rowOf(given);
    if (row) {
      for (const [column, multiply] of factors) {
        const value: Row[Column] = row[column];
        if (value !== null) row[column] = multiply(value);
      }
    }
    return row;
  };
}

/** By the digits: 0.1 × 3 is 0.3, and a price keeps every digit it came with. */
export function multiplyBy(factor: string): Multiply {
  return (text) => productText(text, factor) ?? text;
}
