import { createHash } from "node:crypto";
import type { EncodedDay } from "@/server/sync/session-ports";
import { type CutRows, type Rows, inCodeOrder, isCut, sortedByText } from "@/server/sync/rows/cut-rows";
import { COLUMNS, type Row } from "@/server/sync/rows/row";
import { ROWS_A_TURN, type Turns } from "@/server/sync/rows/turns";
import { copyBytesOf, lacksNames } from "./copy-cut";

/** The list of columns as COPY and its text name them. */
export const COPY_COLUMNS = COLUMNS.join(", ");

/** Some milliseconds; a usual day has half a megabyte. */
const HASHED_A_TURN = 2 * 1024 * 1024;
const NEEDS_ESCAPE = /[\\\t\n\r]/;
const ESCAPES: Record<string, string> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

function text(value: string | null): string {
  if (value === null) return "\\N";
  return NEEDS_ESCAPE.test(value) ? value.replace(/[\\\t\n\r]/g, (char) => ESCAPES[char] as string) : value;
}

/** Dates and numbers passed the row rules: there is nothing in them to escape, and looking cost 4 ms a day. */
function plain(value: string | null): string {
  return value ?? "\\N";
}

/**
 * Rows as the text format of COPY, sorted by code: the same rows give the same bytes and the same SHA-256. Where the table
 * wants a name (`nameRequired`), the code stands for an unknown one; the checksum is that of what the source said.
 */
export function* encodeDay(rows: Rows, { nameRequired } = { nameRequired: false }): Turns<EncodedDay> {
  const [said, body] = isCut(rows) ? yield* cutTexts(rows, nameRequired) : yield* rowTexts(rows, nameRequired);
  return { body, rows: rows.length, checksum: yield* checksumOf(said) };
}

/** What the source said, and what the table gets. */
function* cutTexts(rows: CutRows, nameRequired: boolean): Turns<[Buffer, Buffer]> {
  const sorted = yield* inCodeOrder(rows);
  const said = yield* copyBytesOf(sorted);
  return [said, nameRequired && lacksNames(sorted) ? yield* copyBytesOf(sorted, { codeForName: true }) : said];
}

function* rowTexts(rows: readonly Row[], nameRequired: boolean): Turns<[Buffer, Buffer]> {
  const sorted = isSorted(rows) ? rows : (yield* sortedByText(rows.map(codeOf))).map((index) => rows[index] as Row);
  const said = yield* bytesOf(sorted, (row) => row.stock_name);
  const nameless = nameRequired && sorted.some((row) => row.stock_name === null);
  return [said, nameless ? yield* bytesOf(sorted, (row) => row.stock_name ?? row.stock_code) : said];
}

function* bytesOf(rows: readonly Row[], nameOf: (row: Row) => string | null): Turns<Buffer> {
  const parts: Buffer[] = [];
  for (let from = 0; from < rows.length; from += ROWS_A_TURN) {
    if (from > 0) yield;
    parts.push(linesOf(rows, from, Math.min(rows.length, from + ROWS_A_TURN), nameOf));
  }
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
}

function linesOf(rows: readonly Row[], from: number, to: number, nameOf: (row: Row) => string | null): Buffer {
  let body = "";
  for (let index = from; index < to; index += 1) {
    const row = rows[index] as Row;
    body += `${text(row.stock_code)}\t${text(nameOf(row))}\t${plain(row.trade_date)}\t${plain(row.open_price)}\t${plain(row.close_price)}\t${plain(row.high_price)}\t${plain(row.low_price)}\t${plain(row.volume)}\t${plain(row.amount)}\t${plain(row.change_pct)}\t${plain(row.change_amount)}\t${plain(row.turnover_rate)}\t${plain(row.amplitude)}\n`;
  }
  return Buffer.from(body, "utf8");
}

function* checksumOf(said: Buffer): Turns<string> {
  const hash = createHash("sha256");
  for (let at = 0; at < said.length; at += HASHED_A_TURN) {
    if (at > 0) yield;
    hash.update(said.subarray(at, at + HASHED_A_TURN));
  }
  return hash.digest("hex");
}

function codeOf(row: Row | undefined): string {
  return row?.stock_code ?? "";
}

function isSorted(rows: readonly Row[]): boolean {
  for (let index = 1; index < rows.length; index += 1) {
    if (codeOf(rows[index - 1]) > codeOf(rows[index])) return false;
  }
  return true;
}
