import type { Day } from "@/lib/contract/day";
import type { CutRows, Rows } from "@/server/sync/rows/cut-rows";
import type { FetchOptions } from "@/server/sync/source-ports";
import type { Row } from "@/server/sync/rows/row";
import { BadRowsError } from "@/server/sync/errors";
import { refuseOtherForm } from "@/server/sources/bytes/form";
import { refuseTooMany } from "@/server/sync/rows/most-rows";
import { type ColumnPlaces, missingColumn, placeColumns } from "./columns";
import { cutRows } from "./cut";
import { refuseUtf16 } from "./encoding";
import { createHeaderTest } from "./header-again";
import { readRecords } from "./records";
import { createRowReader } from "./rows";
import { checkCsvBytes } from "./text";
import type { TableLayout } from "./layout";

const DELIMITERS = [",", "\t", ";", "|"];

/** How a file is read, and who hears of it; `needsDate`: it holds several days. */
export interface CsvReading extends FetchOptions {
  shown: string;
  needsDate: boolean;
  /** Of the exchange, for dates that say theirs. */
  zone: string;
}

/**
 * All rows of the day in the bytes of a csv file; the header decides where the values are. Throws SourceError and BadRowsError.
 * Most files are cut only; what takes more than cutting (quotes, units, a previous close, one column for two of ours) is read
 * value by value.
 */
export async function readCsvRows(bytes: Buffer, layout: TableLayout, day: Day, reading: CsvReading): Promise<Rows> {
  const { shown, signal } = reading;
  refuseOtherForm(bytes, "csv", shown);
  refuseUtf16(bytes);
  const text = await checkCsvBytes(await layout.toUtf8(bytes, signal), shown, signal);
  const { header } = headerOf(text);
  if (header.includes("\r")) throw new BadRowsError({ rule: "line_ends" });
  const delimiter = layout.delimiter ?? likelyDelimiter(header);
  return (await cutCsvRows(text, delimiter, layout, day, reading)) ?? readRowObjects(text, delimiter, layout, day, reading);
}

/** Null where the values have to be read one by one. */
export async function cutCsvRows(
  text: Buffer,
  delimiter: string,
  layout: TableLayout,
  day: Day,
  { signal, onProgress, needsDate, zone }: CsvReading,
): Promise<CutRows | null> {
  if (layout.units || delimiter.charCodeAt(0) > 127 || text.includes('"')) return null;
  const { header, behind } = headerOf(text);
  const fields = header.split(delimiter);
  const places = placesIn(fields, layout, needsDate);
  if (places.previous_close >= 0 || sharesColumns(places)) return null;
  const isNull = layout.isNullInBytes;
  const onPortion = (rows: number) => onProgress(rows, null);
  return cutRows(text, behind, { day, delimiter, places, width: fields.length, isNull, zone, signal, onPortion });
}

/** The same rows as objects, value by value. */
export async function readRowObjects(
  text: Buffer,
  delimiter: string,
  layout: TableLayout,
  day: Day,
  { signal, onProgress, needsDate, zone }: CsvReading,
): Promise<Row[]> {
  const rows: Row[] = [];
  let reader: { rowOf: (fields: readonly string[]) => Row | null; isHeader: ReturnType<typeof createHeaderTest> } | null = null;
  let records = 0;
  await readRecords(text, { delimiter, signal, onPortion: () => onProgress(rows.length, null) }, (fields) => {
    records += 1;
    if (reader === null) {
      const places = placesIn(fields, layout, needsDate);
      const rowOf = createRowReader(places, day, layout.isNull, layout.units, zone);
      reader = { rowOf, isHeader: createHeaderTest(fields, places) };
      return;
    }
    if (reader.isHeader(fields, records)) return;
    const row = reader.rowOf(fields);
    if (row) refuseTooMany(rows.push(row));
  });
  return rows;
}

function placesIn(header: readonly string[], layout: TableLayout, needsDate: boolean): ColumnPlaces {
  const places = placeColumns(header, layout.columns, layout.units);
  if (needsDate && places.trade_date < 0) throw missingColumn("trade_date", header);
  return places;
}

/** True where a column of the file is two of ours: it has but one place among the cuts of a row. */
function sharesColumns(places: ColumnPlaces): boolean {
  const used = Object.values(places).filter((place) => place >= 0);
  return new Set(used).size < used.length;
}

/** The first line that is not empty, and where the next one begins. */
function headerOf(text: Buffer): { header: string; behind: number } {
  for (let at = 0; ; ) {
    const found = text.indexOf("\n", at);
    const end = found < 0 ? text.length : found;
    const header = text.toString("utf8", at, end).replace(/\r$/, "");
    if (header !== "" || found < 0) return { header, behind: end + 1 };
    at = end + 1;
  }
}

/** The one that cuts the header into most pieces. */
function likelyDelimiter(header: string): string {
  const pieces = (delimiter: string) => header.split(delimiter).length;
  return DELIMITERS.reduce((best, delimiter) => (pieces(delimiter) > pieces(best) ? delimiter : best));
}
