import { createHash } from "node:crypto";
import type { EncodedDay } from "@/server/sync/ports";
import { type CutRows, type Rows, inCodeOrder, isCut } from "@/server/sync/rows/cut-rows";
import { COLUMNS, type Row } from "@/server/sync/rows/row";
import { copyBytesOf, lacksNames } from "./copy-cut";

/** The list of columns as COPY and its text name them. */
export const COPY_COLUMNS = COLUMNS.join(", ");

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
export function encodeDay(rows: Rows, { nameRequired } = { nameRequired: false }): EncodedDay {
  const [said, body] = isCut(rows) ? cutTexts(rows, nameRequired) : rowTexts(rows, nameRequired);
  return { body, rows: rows.length, checksum: createHash("sha256").update(said).digest("hex") };
}

/** What the source said, and what the table gets. */
function cutTexts(rows: CutRows, nameRequired: boolean): [Buffer, Buffer] {
  const sorted = inCodeOrder(rows);
  const said = copyBytesOf(sorted);
  return [said, nameRequired && lacksNames(sorted) ? copyBytesOf(sorted, { codeForName: true }) : said];
}

function rowTexts(rows: readonly Row[], nameRequired: boolean): [Buffer, Buffer] {
  const sorted = isSorted(rows) ? rows : [...rows].sort((a, b) => (codeOf(a) < codeOf(b) ? -1 : 1));
  const said = bytesOf(sorted);
  const nameless = nameRequired && sorted.some((row) => row.stock_name === null);
  return [said, nameless ? bytesOf(sorted.map((row) => ({ ...row, stock_name: row.stock_name ?? row.stock_code }))) : said];
}

function bytesOf(rows: readonly Row[]): Buffer {
  let body = "";
  for (const row of rows) {
    body += `${text(row.stock_code)}\t${text(row.stock_name)}\t${plain(row.trade_date)}\t${plain(row.open_price)}\t${plain(row.close_price)}\t${plain(row.high_price)}\t${plain(row.low_price)}\t${plain(row.volume)}\t${plain(row.amount)}\t${plain(row.change_pct)}\t${plain(row.change_amount)}\t${plain(row.turnover_rate)}\t${plain(row.amplitude)}\n`;
  }
  return Buffer.from(body, "utf8");
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
