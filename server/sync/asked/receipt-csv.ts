import { instantIn } from "@/lib/contract/instant";
import type { ReceiptDay, ReceiptOf } from "./receipt";

type Cell = string | number | null;

const COLUMNS = [
  "task_id",
  "date",
  "plan_action",
  "plan_reason",
  "status",
  "reason",
  "rows",
  "rejected",
  "suspect",
  "attempts",
  "duration_ms",
  "checksum",
  "source",
  "error_code",
  "error",
  "added",
  "changed",
  "vanished",
  "finished_at",
] as const;

/** The days of a task as CSV text (RFC 4180, CRLF), a header line first. */
export async function* receiptCsv(receipt: ReceiptOf): AsyncGenerator<string> {
  yield csvLine(COLUMNS);
  for await (const page of receipt.days) yield page.map((day) => csvLine(cellsOf(day, receipt))).join("");
}

function cellsOf(day: ReceiptDay, { task, zone, sentence }: ReceiptOf): Cell[] {
  const cells: Record<(typeof COLUMNS)[number], Cell> = {
    task_id: task.task_id,
    date: day.date,
    plan_action: day.plan_action,
    plan_reason: day.plan_reason,
    status: day.status,
    reason: day.reason,
    rows: day.rows,
    rejected: day.rejected,
    suspect: String(day.suspect),
    attempts: day.attempts,
    duration_ms: day.duration_ms,
    checksum: day.checksum,
    source: day.source,
    error_code: day.error?.code ?? null,
    error: day.error && sentence(day.error),
    added: day.diff?.added ?? null,
    changed: day.diff?.changed ?? null,
    vanished: day.diff?.vanished ?? null,
    finished_at: day.finished_ms === null ? null : instantIn(zone, day.finished_ms),
  };
  return COLUMNS.map((column) => cells[column]);
}

/** A text that a spreadsheet would take for a formula: what a source says of itself must not run on somebody's desk. */
const FORMULA = /^[=+\-@\t\r]/;
const NEEDS_QUOTES = /[",\r\n]/;

/** One record; numbers as they are, texts neutralised by a leading apostrophe and quoted where they must be. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

function csvCell(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  const safe = FORMULA.test(cell) ? `'${cell}` : cell;
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
