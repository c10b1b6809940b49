import { type Day, isDay } from "@/lib/contract/day";
import type { DayWarningCode, Fact } from "@/lib/contract/problem";
import type { RejectedRow } from "@/lib/contract/task";
import { BadRowsError } from "@/server/sync/errors";
import { type CutRows, type Rows, holdsTwins, inCodeOrder, isCut, rowAt, withoutRows } from "./cut-rows";
import { refuseTooMany } from "./most-rows";
import { numberFault, wholeNumberText } from "./number-text";
import { createPlainTest } from "./plain-rows";
import { createPriceChecks } from "./price-checks";
import { createRejections, type UnusableField } from "./rejected-rows";
import { COLUMNS, NUMBER_COLUMNS, type Row } from "./row";
import { shown } from "./shown";
import { eachInTurns, type Turns } from "./turns";

const DIGITS = /^\d+$/;
/** What becomes of a code in a column of numbers: `600001.0`, `1.0`, `6.00001E+05`. */
const AS_NUMBER = /^\d+(?:\.0+|(?:\.\d*)?e[+-]?\d+)$/i;

/** The rows to store, and what is to be said of the others. */
export interface JudgedRows<Form extends Rows = Rows> {
  rows: Form;
  rejected: number;
  rejectedSample: RejectedRow[];
  warnings: Fact<DayWarningCode>[];
}

/** What the row rules have to know of the exchange whose rows they judge. */
export interface ExchangeRules {
  /** Digits of its codes, where they consist of digits; null = it has no such rule. */
  codeDigits: number | null;
}

/**
 * The row rules of every source: drops unusable rows and exact duplicates, rounds volumes to whole shares, warns of prices
 * that contradict each other. Throws BadRowsError for what makes the whole day unusable, naming row and field.
 */
export function* applyRowRules(delivered: Rows, day: Day, exchange: ExchangeRules): Turns<JudgedRows> {
  refuseTooMany(delivered.length);
  if (!isCut(delivered)) return yield* judgeRows(delivered.length, (index) => delivered[index] as Row, day, exchange);
  const judged = yield* judgeCutRows(delivered, day, exchange);
  return judged ?? (yield* judgeRows(delivered.length, (index) => rowAt(delivered, index), day, exchange));
}

/** The same rows, judged one by one. */
function* judgeRows(
  delivered: number,
  rowOf: (index: number) => Row,
  day: Day,
  exchange: ExchangeRules,
): Turns<JudgedRows<Row[]>> {
  const rows: Row[] = [];
  const firstByCode = new Map<string, { row: number; kept: Row }>();
  const rejections = createRejections();
  const prices = createPriceChecks();

  const judge = (index: number) => {
    const at = index + 1;
    const original = rowOf(index);
    refuseNul(original, at);
    const unusable = unusableField(original, day, at, exchange);
    if (unusable) return rejections.add(original, unusable, at);
    const row = inTableForm(original, at);
    const code = row.stock_code ?? "";
    const earlier = firstByCode.get(code);
    if (earlier) {
      if (isSameRow(earlier.kept, row)) return;
      throw new BadRowsError({ rule: "duplicate", code: shown(code), first: earlier.row, row: at });
    }
    firstByCode.set(code, { row: at, kept: row });
    prices.look(row);
    rows.push(row);
  };
  yield* eachInTurns(delivered, judge);
  const { warnings, ...leftOut } = rejections.sum(delivered);
  return { rows, ...leftOut, warnings: [...warnings, ...prices.warnings()] };
}

/**
 * The same rules for rows that are still a part of their file: only those that are not plain are looked at one by one. Null
 * where a row must be changed, or the day refused: then all are judged one by one, which finds the words for it.
 */
function* judgeCutRows(delivered: CutRows, day: Day, exchange: ExchangeRules): Turns<JudgedRows<CutRows> | null> {
  if (delivered.day !== day || delivered.bytes.includes(0)) return null;
  const isPlain = createPlainTest(delivered, exchange.codeDigits);
  const left = new Set<number>();
  const rejections = createRejections();
  const prices = createPriceChecks();
  let isGivenUp = false;
  yield* eachInTurns(delivered.length, (index) => {
    if (isGivenUp || isPlain(index)) return;
    const row = rowAt(delivered, index);
    const judged = judgedOrNull(row, day, index + 1, exchange);
    if (judged === null) isGivenUp = true;
    else if (judged === "as_it_is") prices.look(row);
    else {
      rejections.add(row, judged, index + 1);
      left.add(index);
    }
  });
  if (isGivenUp) return null;
  const rows = yield* inCodeOrder(yield* withoutRows(delivered, left));
  if (yield* holdsTwins(rows)) return null;
  const { warnings, ...rejected } = rejections.sum(delivered.length);
  return { rows, ...rejected, warnings: [...warnings, ...prices.warnings()] };
}

/** Null for a row that is stored in another form, or that refuses the day. */
function judgedOrNull(row: Row, day: Day, at: number, exchange: ExchangeRules): UnusableField | "as_it_is" | null {
  try {
    const unusable = unusableField(row, day, at, exchange);
    if (unusable) return unusable;
    return inTableForm(row, at) === row ? "as_it_is" : null;
  } catch (error) {
    if (error instanceof BadRowsError) return null;
    throw error;
  }
}

/** PostgreSQL stores no NUL in a text; where one is, the file is not what it says it is. */
function refuseNul(row: Row, at: number): void {
  const field = row.stock_code?.includes("\0") ? "stock_code" : row.stock_name?.includes("\0") ? "stock_name" : null;
  if (field) throw new BadRowsError({ rule: "control_character", row: at, field });
}

/** The field that makes the row unusable, if one does. Throws for values that make the whole day doubtful. */
function unusableField(row: Row, day: Day, at: number, { codeDigits }: ExchangeRules): UnusableField | null {
  if (row.stock_code === null || row.stock_code === "") return { problem: "missing", field: "stock_code", value: null };
  const codeProblem = codeDigits === null ? null : problemOfCode(row.stock_code, codeDigits);
  if (codeProblem !== null && codeDigits !== null) {
    return { problem: codeProblem, field: "stock_code", value: row.stock_code, digits: codeDigits };
  }
  if (row.trade_date !== day) return { problem: problemOfDate(row.trade_date), field: "trade_date", value: row.trade_date };
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

/** What a column of numbers makes of a code of digits; null for every other code, whatever it looks like. */
function problemOfCode(code: string, digits: number): "too_few_digits" | "code_is_number" | null {
  if (code.length < digits && DIGITS.test(code)) return "too_few_digits";
  return AS_NUMBER.test(code) ? "code_is_number" : null;
}

function problemOfDate(date: string | null): "missing" | "other_day" | "not_a_date" {
  if (!date) return "missing";
  return isDay(date) ? "other_day" : "not_a_date";
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
