import { CUT_OF, CUTS_PER_ROW, type CutRows } from "@/server/sync/rows/cut-rows";
import { COLUMNS } from "@/server/sync/rows/row";
import { ROWS_A_TURN, type Turns } from "@/server/sync/rows/turns";

const BACKSLASH = 92;
const TAB = 9;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const [LETTER_N, LETTER_R, LETTER_T, CAPITAL_N] = [110, 114, 116, 78];
/** The second byte of an escape, 0 for a byte that stands for itself. */
const ESCAPES = new Uint8Array(256);
ESCAPES[TAB] = LETTER_T;
ESCAPES[LINE_FEED] = LETTER_N;
ESCAPES[CARRIAGE_RETURN] = LETTER_R;
ESCAPES[BACKSLASH] = BACKSLASH;
const NULL_BYTES = 2;

const { stock_code: CODE, stock_name: NAME, trade_date: DATE } = CUT_OF;
const COLUMN_CUTS = COLUMNS.map((column) => CUT_OF[column]);

/**
 * The text format of COPY from bytes to bytes, in the order of the rows. `codeForName`: the code stands for an unknown name.
 * Numbers passed the row rules, so there is nothing in them to escape.
 */
export function* copyBytesOf(rows: CutRows, { codeForName } = { codeForName: false }): Turns<Buffer> {
  const body = Buffer.allocUnsafe(roomFor(rows));
  let to = 0;
  for (let row = 0; row < rows.length; row += ROWS_A_TURN) {
    if (row > 0) yield;
    to = putRows(rows, row, Math.min(rows.length, row + ROWS_A_TURN), codeForName, body, to);
  }
  return body.subarray(0, to);
}

/** Writes the rows from the first to before the last behind what stands in `body`; answers where it goes on. */
function putRows(rows: CutRows, first: number, last: number, codeForName: boolean, body: Buffer, start: number): number {
  const { bytes, cuts } = rows;
  const date = Buffer.from(rows.day);
  let to = start;
  for (let base = first * CUTS_PER_ROW; base < last * CUTS_PER_ROW; base += CUTS_PER_ROW) {
    for (const column of COLUMN_CUTS) {
      const takesCode = codeForName && column === NAME && cuts[base + NAME] === cuts[base + NAME + 1];
      const at = base + (takesCode ? CODE : column);
      const from = cuts[at] as number;
      const end = cuts[at + 1] as number;
      if (column === DATE) to = put(date, 0, date.length, body, to);
      else if (from === end) to = putNull(body, to);
      else if (column === CODE || column === NAME) to = putEscaped(bytes, from, end, body, to);
      else to = put(bytes, from, end, body, to);
      body[to++] = TAB;
    }
    body[to - 1] = LINE_FEED;
  }
  return to;
}

/** True where a row has no name. */
export function lacksNames({ cuts, length }: CutRows): boolean {
  for (let base = 0; base < length * CUTS_PER_ROW; base += CUTS_PER_ROW) {
    if (cuts[base + NAME] === cuts[base + NAME + 1]) return true;
  }
  return false;
}

/** Bytes that the text takes at most: every sign of codes and names may need an escape, and a code may stand for a name. */
function roomFor({ day, cuts, length }: CutRows): number {
  let room = length * day.length;
  for (let at = 0; at < length * CUTS_PER_ROW; at += 2) {
    const size = (cuts[at + 1] as number) - (cuts[at] as number);
    room += 1 + (size === 0 ? NULL_BYTES : size);
  }
  for (let base = 0; base < length * CUTS_PER_ROW; base += CUTS_PER_ROW) {
    const code = (cuts[base + CODE + 1] as number) - (cuts[base + CODE] as number);
    const name = (cuts[base + NAME + 1] as number) - (cuts[base + NAME] as number);
    room += name === 0 ? 3 * code : code + name;
  }
  return room;
}

function put(bytes: Buffer, from: number, end: number, body: Buffer, start: number): number {
  let to = start;
  for (let at = from; at < end; at += 1) body[to++] = bytes[at] as number;
  return to;
}

function putEscaped(bytes: Buffer, from: number, end: number, body: Buffer, start: number): number {
  let to = start;
  for (let at = from; at < end; at += 1) {
    const byte = bytes[at] as number;
    const escape = ESCAPES[byte] as number;
    if (escape !== 0) body[to++] = BACKSLASH;
    body[to++] = escape === 0 ? byte : escape;
  }
  return to;
}

function putNull(body: Buffer, to: number): number {
  body[to] = BACKSLASH;
  body[to + 1] = CAPITAL_N;
  return to + NULL_BYTES;
}
