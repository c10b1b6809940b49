import type { Day } from "@/lib/contract/day";
import type { FetchOptions, Source } from "@/server/sync/ports";
import type { Row } from "@/server/sync/row";
import { missingColumn, parseColumnMapping, placeColumns } from "./csv-columns";
import { readRecords } from "./csv-records";
import { createNullTest, createRowReader } from "./csv-rows";
import { checkCsvBytes } from "./csv-text";
import { readFileBytes } from "./file-bytes";
import { parseFileTemplate } from "./file-template";
import { type FilesConfig, SourceConfigError } from "./source-config";

const USUAL_PUBLISH_HOUR = 18;
const DELIMITERS = [",", "\t", ";", "|"];

/**
 * One local csv file (plain or gzip) per day, or one file of several days with a date column. A missing file, and a file
 * without a row of the day, mean "nothing". Throws SourceConfigError for settings that cannot work.
 */
export function createFilesSource(options: FilesConfig & { publishHour?: number }): Source {
  const template = parseFileTemplate(options.url);
  const mapping = parseColumnMapping(options.columns);
  const isNull = createNullTest(options.nulls);
  const delimiter = checkedDelimiter(options.delimiter);

  /** All rows of the day in a file's bytes; the header decides where the values are. */
  async function readRows(bytes: Buffer, day: Day, fetchOptions: FetchOptions): Promise<Row[]> {
    const rows: Row[] = [];
    let rowOf: ((fields: readonly string[]) => Row | null) | null = null;
    const recordOptions = {
      delimiter: delimiter ?? likelyDelimiter(bytes),
      signal: fetchOptions.signal,
      onPortion: () => fetchOptions.onProgress(rows.length, null),
    };
    await readRecords(bytes, recordOptions, (fields) => {
      if (rowOf === null) {
        const places = placeColumns(fields, mapping);
        if (!template.oneFilePerDay && places.trade_date < 0) throw missingColumn("trade_date", fields);
        rowOf = createRowReader(places, day, isNull);
        return;
      }
      const row = rowOf(fields);
      if (row) rows.push(row);
    });
    return rows;
  }

  return {
    name: "files",
    sample: false,
    publishHour: options.publishHour ?? USUAL_PUBLISH_HOUR,
    async fetchDay(day, fetchOptions) {
      const path = template.pathOf(day);
      const bytes = await readFileBytes(path, { gzipped: template.gzipped, signal: fetchOptions.signal });
      if (bytes === null) return { kind: "nothing" };
      const rows = await readRows(checkCsvBytes(bytes, path), day, fetchOptions);
      fetchOptions.signal.throwIfAborted();
      if (rows.length === 0) return { kind: "nothing" };
      fetchOptions.onProgress(rows.length, rows.length);
      return { kind: "rows", rows };
    },
  };
}

function checkedDelimiter(text: string | null): string | null {
  if (text === null || (text.length === 1 && !'"\r\n'.includes(text))) return text;
  throw new SourceConfigError(
    "FILES_DELIMITER",
    `expected one character that is no quote or line end, got ${JSON.stringify(text)}`,
  );
}

/** The one that cuts the header into most pieces. */
function likelyDelimiter(bytes: Buffer): string {
  const lineFeed = bytes.indexOf("\n");
  const header = bytes.subarray(0, lineFeed < 0 ? bytes.length : lineFeed).toString("utf8");
  const pieces = (delimiter: string) => header.split(delimiter).length;
  return DELIMITERS.reduce((best, delimiter) => (pieces(delimiter) > pieces(best) ? delimiter : best));
}
