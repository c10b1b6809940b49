import type { Day } from "@/lib/contract/day";
import { type Column, COLUMNS, type Row } from "./row";
import { eachInTurns, sortedInTurns, type Turns } from "./turns";

/**
 * The rows of a day as they lie in the bytes of a file: nothing is made of a value until somebody asks for it. 5,400 rows
 * as objects cost 24 ms of CPU, from the bytes of the file to those of COPY, much of it for sweeping them up again; cut, they cost 7.
 */
export interface CutRows {
  /** UTF-8. */
  bytes: Buffer;
  /** The day of every row. */
  day: Day;
  length: number;
  /**
   * For each row and each of COLUMNS where its value begins and where it ends, in bytes, without padding; both the same = the
   * source has no value. `trade_date` has no place: `day` says it.
   */
  cuts: Int32Array;
}

/** The rows of a day in either form. */
export type Rows = readonly Row[] | CutRows;

/** Numbers in `cuts` for one row. */
export const CUTS_PER_ROW = 2 * COLUMNS.length;

/** Where the cuts of a column stand among those of its row. */
export const CUT_OF = Object.fromEntries(COLUMNS.map((column, index) => [column, 2 * index])) as Readonly<Record<Column, number>>;

export function isCut(rows: Rows): rows is CutRows {
  return "cuts" in rows;
}

/** One of the rows, counted from 0. */
export function rowAt({ bytes, day, cuts }: CutRows, index: number): Row {
  const row = { trade_date: day } as Row;
  for (const [place, column] of COLUMNS.entries()) {
    if (column === "trade_date") continue;
    const at = index * CUTS_PER_ROW + 2 * place;
    const [from, to] = [cuts[at] as number, cuts[at + 1] as number];
    row[column] = from === to ? null : bytes.toString("utf8", from, to);
  }
  return row;
}

/** The rows one by one, whatever form they have; only the first ones where `count` says so. */
export function asRows(rows: Rows, count = rows.length): readonly Row[] {
  if (!isCut(rows)) return rows.slice(0, count);
  return Array.from({ length: Math.min(count, rows.length) }, (_, index) => rowAt(rows, index));
}

/** The same rows without those of `left`, counted from 0. */
export function* withoutRows(rows: CutRows, left: ReadonlySet<number>): Turns<CutRows> {
  if (left.size === 0) return rows;
  const indices: number[] = [];
  yield* eachInTurns(rows.length, (index) => {
    if (!left.has(index)) indices.push(index);
  });
  return yield* picked(rows, indices);
}

/** The same rows sorted by their code, as strings compare. Most files are sorted already. */
export function* inCodeOrder(rows: CutRows): Turns<CutRows> {
  if (hasRisingCodes(rows)) return rows;
  const codes: string[] = [];
  yield* eachInTurns(rows.length, (index) => void codes.push(codeAt(rows, index)));
  return yield* picked(rows, yield* sortedByText(codes));
}

/** Where the texts stand, in their order as strings compare. */
export function* sortedByText(texts: readonly string[]): Turns<number[]> {
  return yield* sortedInTurns(texts.length, (a, b) => {
    const [one, other] = [texts[a] as string, texts[b] as string];
    return one < other ? -1 : one > other ? 1 : 0;
  });
}

/** True where the rows, sorted by code, hold a code twice. */
export function* holdsTwins(sorted: CutRows): Turns<boolean> {
  if (hasRisingCodes(sorted)) return false;
  let [before, found] = ["", false];
  yield* eachInTurns(sorted.length, (row) => {
    const code = codeAt(sorted, row);
    found ||= row > 0 && code === before;
    before = code;
  });
  return found;
}

/** True where each code is greater than the one before: sorted, and none of them twice. Codes beyond ASCII are not looked at. */
function hasRisingCodes({ bytes, cuts, length }: CutRows): boolean {
  for (let row = 1; row < length; row += 1) {
    const at = row * CUTS_PER_ROW + CUT_OF.stock_code;
    const before = at - CUTS_PER_ROW;
    if (!isBelow(bytes, cuts[before] as number, cuts[before + 1] as number, cuts[at] as number, cuts[at + 1] as number)) {
      return false;
    }
  }
  return true;
}

function codeAt({ bytes, cuts }: CutRows, index: number): string {
  const at = index * CUTS_PER_ROW + CUT_OF.stock_code;
  return bytes.toString("utf8", cuts[at], cuts[at + 1]);
}

/** Compares two pieces of ASCII; false where one of them is none, for above it bytes and strings sort differently. */
function isBelow(bytes: Buffer, from: number, to: number, otherFrom: number, otherTo: number): boolean {
  for (let at = from, other = otherFrom; other < otherTo; at += 1, other += 1) {
    if (at === to) return true;
    const [one, two] = [bytes[at] as number, bytes[other] as number];
    if (one > 127 || two > 127 || one > two) return false;
    if (one < two) return true;
  }
  return false;
}

function* picked(rows: CutRows, order: readonly number[]): Turns<CutRows> {
  const cuts = new Int32Array(order.length * CUTS_PER_ROW);
  yield* eachInTurns(order.length, (place) => {
    const from = (order[place] as number) * CUTS_PER_ROW;
    cuts.set(rows.cuts.subarray(from, from + CUTS_PER_ROW), place * CUTS_PER_ROW);
  });
  return { ...rows, length: order.length, cuts };
}
