import type { Day } from "@/lib/contract/day";

/** Which columns of the table are to be read, by name, and which one holds the day. */
export interface ColumnChoice {
  columns: readonly string[];
  dayColumn: string;
}

/** Rows of a day in COPY's text format, UTF-8: a line each, the chosen columns in the order of the choice. */
export interface CopiedDay {
  text: Buffer;
  rows: number;
}

/** A table of another PostgreSQL, for reading. */
export interface ForeignTable {
  /**
   * All rows of the day in one snapshot. `choose` gets the names of the table's columns and may throw. Rejects with
   * SourceError, with what `choose` threw, or at once with the reason of the signal; then the connection is cut.
   */
  readDay(
    day: Day,
    choose: (names: readonly string[]) => ColumnChoice,
    options: { signal: AbortSignal; onRows(done: number): void },
  ): Promise<CopiedDay>;
  close(): Promise<void>;
}
