import type { Day } from "@/lib/contract/day";
import type { FetchOptions } from "@/server/sync/source-ports";
import type { Row } from "@/server/sync/rows/row";
import { refuseTooMany } from "@/server/sync/rows/most-rows";
import { missingColumn, placeColumns } from "./csv-columns";
import { readRecords } from "./csv-records";
import { createRowReader } from "./csv-rows";
import { checkCsvBytes } from "./csv-text";
import type { FileLayout } from "./file-layout";

const DELIMITERS = [",", "\t", ";", "|"];

/** All rows of the day in the bytes of a csv file; the header decides where the values are. Throws SourceError and BadRowsError. */
export async function readCsvRows(
  bytes: Buffer,
  layout: FileLayout,
  day: Day,
  { signal, onProgress, shown, needsDate }: FetchOptions & { shown: string; needsDate: boolean },
): Promise<Row[]> {
  const text = await checkCsvBytes(await layout.toUtf8(bytes, signal), shown, signal);
  const rows: Row[] = [];
  let rowOf: ((fields: readonly string[]) => Row | null) | null = null;
  const delimiter = layout.delimiter ?? likelyDelimiter(text);
  await readRecords(text, { delimiter, signal, onPortion: () => onProgress(rows.length, null) }, (fields) => {
    if (rowOf === null) {
      const places = placeColumns(fields, layout.columns);
      if (needsDate && places.trade_date < 0) throw missingColumn("trade_date", fields);
      rowOf = createRowReader(places, day, layout.isNull, layout.units);
      return;
    }
    const row = rowOf(fields);
    if (row) refuseTooMany(rows.push(row));
  });
  return rows;
}

/** The one that cuts the header into most pieces. */
function likelyDelimiter(bytes: Buffer): string {
  const lineFeed = bytes.indexOf("\n");
  const header = bytes.subarray(0, lineFeed < 0 ? bytes.length : lineFeed).toString("utf8");
  const pieces = (delimiter: string) => header.split(delimiter).length;
  return DELIMITERS.reduce((best, delimiter) => (pieces(delimiter) > pieces(best) ? delimiter : best));
}
