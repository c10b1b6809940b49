import type { Day } from "./day";
import type { SampleRow } from "./source";

/** Rows that a look at a day shows unless it asks for more. */
export const DAY_ROWS_SHOWN = 20;

/** Reply of `GET /days/{d}/rows`: what the table holds of a day, whoever wrote it. */
export interface DayRows {
  date: Day;
  /** Rows of the day whose code begins as asked. */
  total: number;
  /** The first of them in the order of their codes, with the digits that are stored. */
  rows: SampleRow[];
}
