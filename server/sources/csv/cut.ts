import type { Day } from "@/lib/contract/day";
import { CUT_OF, CUTS_PER_ROW, type CutRows } from "@/server/sync/rows/cut-rows";
import { refuseTooMany } from "@/server/sync/rows/most-rows";
import { type Column, COLUMNS, NUMBER_COLUMNS } from "@/server/sync/rows/row";
import type { ColumnPlaces } from "./columns";
import type { RecordOptions } from "./records";
import { DRESSED_CHARS, isBareCode, withoutExchange } from "./codes";
import { createDayReader } from "./dates";
import { isWordSign } from "./header-again";
import { type IsNullInBytes, isPiece } from "./null-tokens";
import { giveWay, PORTION_BYTES } from "@/server/sources/bytes/portions";

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const BLANK = 32;
const LAST_ASCII = 127;
const FIRST_ROOM = 6_144;
const NUMBERS: ReadonlySet<Column> = new Set(NUMBER_COLUMNS);
const { stock_code: CODE, trade_date: DATE, close_price: CLOSE } = CUT_OF;

export interface CutOptions extends Omit<RecordOptions, "onPortion"> {
  day: Day;
  places: ColumnPlaces;
  /** Fields of the header. */
  width: number;
  isNull: IsNullInBytes;
  /** Of the exchange, for dates that say theirs. */
  zone: string;
  onPortion(rows: number): void;
}

/**
 * Cuts the lines of a csv file behind its header at the delimiter, an ASCII character, and makes no text of them. The rows are
 * those that `createRowReader` makes of the same records. Null where that reader has to see for itself: another number of
 * fields, a date that cannot be read, a word for a close, padding of other signs than blanks.
 */
export async function cutRows(bytes: Buffer, from: number, options: CutOptions): Promise<CutRows | null> {
  const { day, delimiter, places, width, signal } = options;
  const cutAt = delimiter.charCodeAt(0);
  const columnOf = columnsByField(places, width);
  const finish = createFinish(bytes, options);
  let cuts = new Int32Array(FIRST_ROOM * CUTS_PER_ROW);
  let rows = 0;
  let portionEnd = from + PORTION_BYTES;
  for (let at = from; at < bytes.length; ) {
    const found = bytes.indexOf(LINE_FEED, at);
    const next = found < 0 ? bytes.length : found;
    const end = next > at && bytes[next - 1] === CARRIAGE_RETURN ? next - 1 : next;
    if (end > at) {
      const base = rows * CUTS_PER_ROW;
      if (base === cuts.length) cuts = twice(cuts);
      if (!cutLine(bytes, at, end, cutAt, columnOf, cuts, base)) return null;
      const finished = finish(cuts, base);
      if (finished === "unclear") return null;
      if (finished === "this_day") refuseTooMany(++rows);
    }
    at = next + 1;
    if (at < portionEnd || at >= bytes.length) continue;
    portionEnd = at + PORTION_BYTES;
    await giveWay(signal, () => options.onPortion(rows));
  }
  return { bytes, day, length: rows, cuts };
}

/** False where the line has more or fewer fields than the header. All in one loop over its bytes: this is most of the work of a day. */
function cutLine(
  bytes: Buffer,
  start: number,
  end: number,
  cutAt: number,
  columnOf: Int8Array,
  cuts: Int32Array,
  base: number,
): boolean {
  let field = 0;
  let from = start;
  for (let at = start; at <= end; at++) {
    if (at < end && bytes[at] !== cutAt) continue;
    if (field === columnOf.length) return false;
    const column = columnOf[field] as number;
    if (column >= 0) {
      cuts[base + column] = from;
      cuts[base + column + 1] = at;
    }
    field++;
    from = at + 1;
  }
  return field === columnOf.length;
}

/** Takes padding, null tokens and the dress of codes off the values of a row. */
function createFinish(bytes: Buffer, { day, places, isNull, zone }: CutOptions) {
  const found = COLUMNS.filter((column) => places[column] >= 0);
  const columns = found.map((column) => ({ cut: CUT_OF[column], isNumber: NUMBERS.has(column) }));
  const isOfDay = createDateTest(bytes, day, zone);

  return (cuts: Int32Array, base: number): "this_day" | "other_day" | "unclear" => {
    for (const { cut, isNumber } of columns) {
      const at = base + cut;
      const from = cuts[at] as number;
      const to = cuts[at + 1] as number;
      if (from < to && !isBare(bytes, from, to) && !trim(bytes, cuts, at)) return "unclear";
      if (isNumber && isNull(bytes, cuts[at] as number, cuts[at + 1] as number)) cuts[at + 1] = cuts[at] as number;
    }
    if (!undress(bytes, cuts, base + CODE)) return "unclear";
    // A word for a price may be the header once more.
    if (cuts[base + CLOSE] !== cuts[base + CLOSE + 1] && isWordSign(bytes[cuts[base + CLOSE] as number] as number))
      return "unclear";
    return places.trade_date < 0 ? "this_day" : isOfDay(cuts[base + DATE] as number, cuts[base + DATE + 1] as number);
  };
}

/** No padding on either side. */
function isBare(bytes: Buffer, from: number, to: number): boolean {
  return (bytes[from] as number) > BLANK && (bytes[to - 1] as number) > BLANK;
}

/** Blanks go; false for other padding, and where behind a blank a sign stands that may be padding too. */
function trim(bytes: Buffer, cuts: Int32Array, at: number): boolean {
  let from = cuts[at] as number;
  let to = cuts[at + 1] as number;
  while (from < to && bytes[from] === BLANK) from++;
  while (from < to && bytes[to - 1] === BLANK) to--;
  cuts[at] = from;
  cuts[at + 1] = to;
  return (
    from === to || (isBare(bytes, from, to) && (bytes[from] as number) <= LAST_ASCII && (bytes[to - 1] as number) <= LAST_ASCII)
  );
}

/** Undresses an A-share, as `createRowReader` does; false where the code may be padded with other signs than blanks. */
function undress(bytes: Buffer, cuts: Int32Array, at: number): boolean {
  const from = cuts[at] as number;
  const to = cuts[at + 1] as number;
  if (from < to && !isBareCode(bytes[from] as number, bytes[to - 1] as number)) return false;
  if (!DRESSED_CHARS.has(to - from)) return true;
  const dressed = bytes.toString("latin1", from, to);
  const bare = withoutExchange(dressed);
  const begin = dressed.startsWith(bare) ? from : to - bare.length;
  cuts[at] = begin;
  cuts[at + 1] = begin + bare.length;
  return true;
}

/** Which of our columns each field of the file is, as a place in the cuts of its row; -1 = none. */
function columnsByField(places: ColumnPlaces, width: number): Int8Array {
  const columns = new Int8Array(width).fill(-1);
  for (const column of COLUMNS) if (places[column] >= 0) columns[places[column]] = CUT_OF[column];
  return columns;
}

/** Tells which day a date of the file is; other spellings than the two usual ones are read as `createRowReader` reads them. */
function createDateTest(
  bytes: Buffer,
  day: Day,
  zone: string,
): (from: number, to: number) => "this_day" | "other_day" | "unclear" {
  const [usual, compact] = [Buffer.from(day), Buffer.from(day.replaceAll("-", ""))];
  const dayOf = createDayReader(zone);
  return (from, to) => {
    if (isPiece(bytes, from, to, usual) || isPiece(bytes, from, to, compact)) return "this_day";
    const date = dayOf(bytes.toString("utf8", from, to));
    if (date === null) return "unclear";
    return date === day ? "this_day" : "other_day";
  };
}

function twice(cuts: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(cuts.length * 2);
  larger.set(cuts);
  return larger;
}
