import { BadRowsError, SourceError } from "@/server/sync/errors";
import type { ColumnChoice, ForeignTable } from "@/server/sync/range/foreign-table";
import type { Source } from "@/server/sync/source-ports";
import { refuseTooMany } from "@/server/sync/rows/most-rows";
import type { Row } from "@/server/sync/rows/row";
import {
  type ColumnMapping,
  FILE_COLUMNS,
  type FileColumn,
  missingColumn,
  parseColumnMapping,
  placeColumns,
  placesOf,
} from "./csv/columns";
import { createRowReader } from "./csv/rows";
import { readCopyLines } from "./postgres/copy-lines";
import { createNullTest } from "./csv/null-tokens";
import { type PostgresSourceConfig, SourceConfigError } from "./source-config";

const USUAL_PUBLISH_HOUR = 18;
const COLUMNS_VARIABLE = "POSTGRES_SOURCE_COLUMNS";
const isNull = createNullTest(null);
/** The database has told the days apart: none is read here. */
const NO_ZONE = "UTC";

/**
 * Rows of a table in another PostgreSQL, read by COPY in one snapshot a day. A day without rows means "nothing". Throws
 * SourceConfigError for settings that cannot work.
 */
export function createPostgresSource(
  options: PostgresSourceConfig & { publishHour?: number },
  { foreignTable }: { foreignTable?: ForeignTable },
): Source {
  const mapping = parseColumnMapping(options.columns, COLUMNS_VARIABLE);
  if (!foreignTable) {
    const variable = options.url === null ? "POSTGRES_SOURCE_URL" : "POSTGRES_SOURCE_TABLE";
    throw new SourceConfigError(variable, "expected a value, SOURCE=postgres needs it");
  }
  return {
    name: "postgres",
    sample: false,
    publishHour: options.publishHour ?? USUAL_PUBLISH_HOUR,
    async fetchDay(day, { signal, onProgress }) {
      let chosen: FileColumn[] = [];
      const choose = (names: readonly string[]): ColumnChoice => {
        const places = placesIn(names, mapping);
        chosen = FILE_COLUMNS.filter((column) => places[column] >= 0 && column !== "trade_date");
        const nameOf = (column: FileColumn) => names[places[column]] as string;
        return { columns: chosen.map(nameOf), dayColumn: nameOf("trade_date") };
      };
      const copied = await foreignTable.readDay(day, choose, { signal, onRows: (done) => onProgress(done, null) });
      // The rows have been chosen by their day: every one is of it.
      const places = placesOf((column) => chosen.indexOf(column));
      const rowOf = createRowReader(places, day, isNull, null, NO_ZONE);
      const rows: Row[] = [];
      await readCopyLines(copied.text, { columns: chosen.length, signal }, (fields) => {
        const row = rowOf(fields);
        if (row) refuseTooMany(rows.push(row));
      });
      signal.throwIfAborted();
      if (rows.length === 0) return { kind: "nothing" };
      onProgress(rows.length, rows.length);
      return { kind: "rows", rows };
    },
  };
}

/** A table that lacks a column will lack it tomorrow: this is a fault of the configuration, not of the day. */
function placesIn(names: readonly string[], mapping: ColumnMapping | null) {
  try {
    const places = placeColumns(names, mapping);
    if (places.trade_date < 0) throw missingColumn("trade_date", names);
    return places;
  } catch (error) {
    if (!(error instanceof BadRowsError)) throw error;
    const detail = `no column for ${error.params["field"]}; the table has ${error.params["found"]}`;
    throw new SourceError("plan", { kind: "misconfigured", variable: COLUMNS_VARIABLE, detail }, { cause: error });
  }
}
