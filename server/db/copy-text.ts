import { createHash } from "node:crypto";
import type { EncodedDay } from "@/server/sync/ports";
import { COLUMNS, type Row } from "@/server/sync/row";

/** The list of columns as COPY and its text name them. */
export const COPY_COLUMNS = COLUMNS.join(", ");

const NEEDS_ESCAPE = /[\\\t\n\r]/;
const ESCAPES: Record<string, string> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

function field(value: string | null): string {
  if (value === null) return "\\N";
  return NEEDS_ESCAPE.test(value) ? value.replace(/[\\\t\n\r]/g, (char) => ESCAPES[char] as string) : value;
}

/** Rows as the text format of COPY, sorted by code: the same rows give the same bytes and the same SHA-256. */
export function encodeDay(rows: readonly Row[]): EncodedDay {
  const sorted = isSorted(rows) ? rows : [...rows].sort((a, b) => ((a.stock_code ?? "") < (b.stock_code ?? "") ? -1 : 1));
  let text = "";
  for (const row of sorted) {
    text += `${field(row.stock_code)}\t${field(row.stock_name)}\t${field(row.trade_date)}\t${field(row.open_price)}\t${field(row.close_price)}\t${field(row.high_price)}\t${field(row.low_price)}\t${field(row.volume)}\t${field(row.amount)}\t${field(row.change_pct)}\t${field(row.change_amount)}\t${field(row.turnover_rate)}\t${field(row.amplitude)}\n`;
  }
  const body = Buffer.from(text, "utf8");
  return { body, rows: rows.length, checksum: createHash("sha256").update(body).digest("hex") };
}

function isSorted(rows: readonly Row[]): boolean {
  for (let index = 1; index < rows.length; index += 1) {
    if ((rows[index - 1] as Row).stock_code! > (rows[index] as Row).stock_code!) return false;
  }
  return true;
}
