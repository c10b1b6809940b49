import type { DayWarningCode, Fact } from "@/lib/contract/problem";
import type { RejectedRow } from "@/lib/contract/task";
import { BadRowsError } from "@/server/sync/errors";
import type { Column, Row } from "./row";
import { shown } from "./shown";

/** More than one row in a hundred unusable: the file or the mapping is wrong, not a row. */
const MAX_REJECTED_PERCENT = 1;
/** Rows left out that are kept with their reason. */
const SAMPLE_SIZE = 20;

/** What is wrong with a row that cannot be stored; the text files select their words by `problem`. */
export interface UnusableField {
  problem: RejectedRow["problem"];
  field: Column;
  value: string | null;
  /** Where a code has not its digits: how many the codes of the exchange have. */
  digits?: number;
}

/** The rows that are left out, and what is to be said of them. */
export interface Rejections {
  /** `at` counts the rows of the source from 1. */
  add(row: Row, unusable: UnusableField, at: number): void;
  /** Throws BadRowsError where they are too many of the rows that were delivered. */
  sum(delivered: number): { rejected: number; rejectedSample: RejectedRow[]; warnings: Fact<DayWarningCode>[] };
}

export function createRejections(): Rejections {
  const rejectedSample: RejectedRow[] = [];
  let rejected = 0;

  return {
    add(row, unusable, at) {
      rejected++;
      if (rejectedSample.length < SAMPLE_SIZE) rejectedSample.push(sampleOf(row, unusable, at));
    },
    sum(delivered) {
      const first = rejectedSample[0];
      if (!first) return { rejected, rejectedSample, warnings: [] };
      const { row, problem, field, value, digits } = first;
      const why = { row, problem, field, value, ...(digits === undefined ? {} : { digits }) };
      if (rejected * 100 > delivered * MAX_REJECTED_PERCENT) {
        const said = { rule: "too_many_rejected", rejected, rows: delivered, ...why };
        throw new BadRowsError(said, { rejected, sample: rejectedSample });
      }
      const warning: Fact<DayWarningCode> = { code: "rejected_rows", params: { count: rejected, ...why } };
      return { rejected, rejectedSample, warnings: [warning] };
    },
  };
}

function sampleOf(row: Row, unusable: UnusableField, at: number): RejectedRow {
  const { value } = unusable;
  return { ...unusable, row: at, code: row.stock_code && shown(row.stock_code), value: value && shown(value) };
}
