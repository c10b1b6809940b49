import type { Day } from "@/lib/contract/day";
import type { DayWarningCode, Fact } from "@/lib/contract/problem";
import type { RejectedRow } from "@/lib/contract/task";
import { BadRowsError } from "@/server/sync/errors";
import { refuseTooMany } from "./most-rows";
import { numberFault, wholeNumberText } from "./number-text";
import { createPriceChecks } from "./price-checks";
import { COLUMNS, type Column, NUMBER_COLUMNS, type Row } from "./row";
import { shown } from "./shown";

/** More than one row in a hundred unusable: the file or the mapping is wrong, not a row. */
const MAX_REJECTED_PERCENT = 1;
/** Rows left out that are kept with their reason. */
const SAMPLE_SIZE = 20;

/** What is wrong with a row that cannot be stored; the text files select their words by `problem`. */
interface UnusableField {
  problem: "missing" | "other_day" | "not_a_number";
  field: Column;
  value: string | null;
}

/** The rows to store, and what is to be said of the others. */
export interface JudgedRows {
  rows: Row[];
  rejected: number;
  rejectedSample: RejectedRow[];
  warnings: Fact<DayWarningCode>[];
}

/**
 * The row rules of every source: drops unusable rows and exact duplicates, rounds volumes to whole shares, warns of prices
 * that contradict each other. Throws BadRowsError for what makes the whole day unusable, naming row and field.
 */
export function applyRowRules(delivered: readonly Row[], day: Day): JudgedRows {
  refuseTooMany(delivered.length);
  const rows: Row[] = [];
  const rejectedSample: RejectedRow[] = [];
  const firstByCode = new Map<string, { row: number; kept: Row }>();
  const prices = createPriceChecks();
  let rejected = 0;
  let at = 0;

  for (const original of delivered) {
    at++;
    refuseNul(original, at);
    const unusable = unusableField(original, day, at);
    if (unusable) {
      rejected++;
      if (rejectedSample.length < SAMPLE_SIZE) rejectedSample.push(sampleOf(original, unusable, at));
      continue;
    }
    const row = inTableForm(original, at);
    const code = row.stock_code ?? "";
    const earlier = firstByCode.get(code);
    if (earlier) {
      if (isSameRow(earlier.kept, row)) continue;
      throw new BadRowsError({ rule: "duplicate", code: shown(code), first: earlier.row, row: at });
    }
    firstByCode.set(code, { row: at, kept: row });
    prices.look(row);
    rows.push(row);
  }

  const first = rejectedSample[0];
  if (!first) return { rows, rejected, rejectedSample, warnings: prices.warnings() };
  const { row, problem, field, value } = first;
  if (rejected * 100 > delivered.length * MAX_REJECTED_PERCENT) {
    const said = { rule: "too_many_rejected", rejected, rows: delivered.length, row, problem, field, value };
    throw new BadRowsError(said, { rejected, sample: rejectedSample });
  }
  const warning: Fact<DayWarningCode> = { code: "rejected_rows", params: { count: rejected, row, problem, field, value } };
  return { rows, rejected, rejectedSample, warnings: [warning, ...prices.warnings()] };
}

/** PostgreSQL stores no NUL in a text; where one is, the file is not what it says it is. */
function refuseNul(row: Row, at: number): void {
  const field = row.stock_code?.includes("\0") ? "stock_code" : row.stock_name?.includes("\0") ? "stock_name" : null;
  if (field) throw new BadRowsError({ rule: "control_character", row: at, field });
}

/** The field that makes the row unusable, if one does. Throws for values that make the whole day doubtful. */
function unusableField(row: Row, day: Day, at: number): UnusableField | null {
  if (row.stock_code === null || row.stock_code === "") return { problem: "missing", field: "stock_code", value: null };
  if (row.trade_date !== day)
    return { problem: row.trade_date ? "other_day" : "missing", field: "trade_date", value: row.trade_date };
  if (row.close_price === null || row.close_price === "") return { problem: "missing", field: "close_price", value: null };
  for (const field of NUMBER_COLUMNS) {
    const value = row[field];
    if (value === null || value === "") continue;
    const fault = numberFault(value);
    if (fault === null) continue;
    if (value.includes("\0")) throw new BadRowsError({ rule: "control_character", row: at, field });
    if (fault === "not_a_number") return { problem: fault, field, value };
    throw new BadRowsError({ rule: fault, row: at, field, value: shown(value) });
  }
  return null;
}

/** The row as COPY takes it: whole shares, null instead of an empty text. Most rows are already in that form. */
function inTableForm(row: Row, at: number): Row {
  let form = row;
  for (const field of COLUMNS) {
    if (row[field] === "") form = { ...form, [field]: null };
  }
  if (!row.volume) return form;
  const volume = wholeNumberText(row.volume);
  if (volume === null) throw new BadRowsError({ rule: "too_large_number", row: at, field: "volume", value: shown(row.volume) });
  return volume === row.volume ? form : { ...form, volume };
}

function isSameRow(a: Row, b: Row): boolean {
  return COLUMNS.every((column) => a[column] === b[column]);
}

function sampleOf(row: Row, unusable: UnusableField, at: number): RejectedRow {
  const { value } = unusable;
  return { ...unusable, row: at, code: row.stock_code && shown(row.stock_code), value: value && shown(value) };
}
