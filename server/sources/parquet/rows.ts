import type { Day } from "@/lib/contract/day";
import type { FetchOptions } from "@/server/sync/source-ports";
import type { Row } from "@/server/sync/rows/row";
import { refuseTooMany } from "@/server/sync/rows/most-rows";
import { FILE_COLUMNS, missingColumn, placeColumns } from "@/server/sources/csv/columns";
import { createDayReader } from "@/server/sources/csv/dates";
import { createRowReader } from "@/server/sources/csv/rows";
import type { TableLayout } from "@/server/sources/csv/layout";
import { openParquet, type ParquetOptions } from "./file";
import { giveWay } from "@/server/sources/bytes/portions";

const ROWS_AT_A_TIME = 20_000;

/**
 * All rows of the day in a parquet file. Group by group: the dates first, and where no row is of the day nothing else is
 * read; the values pass through the same rules as those of a csv file.
 */
export async function readParquetRows(
  bytes: Buffer,
  layout: Pick<TableLayout, "columns" | "isNull" | "units">,
  day: Day,
  { signal, onProgress, ...options }: Omit<ParquetOptions, "signal"> & FetchOptions & { needsDate: boolean },
): Promise<Row[]> {
  const file = await openParquet(bytes, { ...options, signal });
  const places = placeColumns(file.headers, layout.columns, layout.units);
  if (options.needsDate && places.trade_date < 0) throw missingColumn("trade_date", file.headers);
  const others = FILE_COLUMNS.filter((column) => places[column] >= 0 && column !== "trade_date").map((column) => places[column]);
  const rowOf = createRowReader(places, day, layout.isNull, layout.units, options.zone);
  const dayOf = createDayReader(options.zone);
  const isOtherDay = (text: string) => (dayOf(text) ?? day) !== day;
  const rows: Row[] = [];
  for (const group of file.groups) {
    const dates = places.trade_date < 0 ? null : await file.readColumn(places.trade_date, group);
    const wanted = dates === null ? null : [...dates.keys()].filter((at) => !isOtherDay(dates[at] ?? ""));
    const count = wanted?.length ?? group.to - group.from;
    // Before anything is made of them.
    refuseTooMany(rows.length + count);
    if (count > 0) {
      const fields: string[] = [];
      const columns: [number, string[]][] = dates && wanted ? [[places.trade_date, wanted.map((at) => dates[at] ?? "")]] : [];
      for (const place of others) columns.push([place, await file.readColumn(place, group, wanted ?? undefined)]);
      for (let at = 0; at < count; at++) {
        if (at % ROWS_AT_A_TIME === ROWS_AT_A_TIME - 1) await giveWay(signal);
        for (const [place, texts] of columns) fields[place] = texts[at] ?? "";
        const row = rowOf(fields);
        if (row) refuseTooMany(rows.push(row));
      }
    }
    await giveWay(signal, () => onProgress(rows.length, null));
  }
  return rows;
}
