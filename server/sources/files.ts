import type { Day } from "@/lib/contract/day";
import { SourceError } from "@/server/sync/errors";
import type { Clock, TradingCalendar } from "@/server/sync/ports";
import type { FetchOptions, Source } from "@/server/sync/source-ports";
import type { Rows } from "@/server/sync/rows/cut-rows";
import { readCsvRows } from "./csv/table";
import type { FileLayout } from "./files/layout";
import { readPeriods } from "./files/periods";
import type { HttpLimits } from "./http/http";
import { createFileReader, MAX_FILE_BYTES } from "./files/reader";
import { readParquetRows } from "./parquet/rows";
import type { FilesConfig } from "./source-config";
import { unzipTable } from "./bytes/unzip";

const USUAL_PUBLISH_HOUR = 18;
const SOME_DAY: Day = "2024-01-02";

export interface FilesPorts {
  clock: Pick<Clock, "now" | "monotonic">;
  webLimits?: Partial<HttpLimits>;
  calendar: Pick<TradingCalendar, "zone">;
}

/**
 * One file per day, or one of several days with a date column, from disk or the web; csv, gzip, zip or parquet. A missing
 * file, and a file without a row of the day, mean "nothing". Throws SourceConfigError for settings that cannot work.
 */
export function createFilesSource(
  options: FilesConfig & { publishHour?: number },
  { clock, calendar, webLimits }: FilesPorts,
): Source {
  const { layoutOf, layouts } = readPeriods(options);
  const locations = layouts.map(({ template }) => template.locate(SOME_DAY));
  const addresses = locations.flatMap(({ web, address }) => (web ? [address] : []));
  const reader = createFileReader({ clock, addresses, ...(webLimits ? { limits: webLimits } : {}) });
  const { zone } = calendar;

  /** Rows of the day in its file, which may be none; null where there is no file. */
  async function readDay(
    layout: FileLayout,
    day: Day,
    fetchOptions: FetchOptions,
  ): Promise<{ rows: Rows; fromMemory: boolean } | null> {
    const { template } = layout;
    const location = template.locate(day);
    const { shown } = location;
    const needsDate = !template.oneFilePerDay;
    const file = await reader.read(location, template, fetchOptions.signal);
    if (file === null) return null;
    const { bytes, fromMemory } = file;
    const reading = { ...fetchOptions, shown, zone, needsDate };
    if (template.packing === "parquet") {
      const rows = await readParquetRows(bytes, layout, day, {
        ...reading,
        maxDecodedBytes: MAX_FILE_BYTES,
      });
      return { rows, fromMemory };
    }
    if (template.packing !== "zip") return { rows: await readCsvRows(bytes, layout, day, reading), fromMemory };
    const unzipped = await unzipTable(bytes, { day, shown, signal: fetchOptions.signal, maxDecodedBytes: MAX_FILE_BYTES });
    if (unzipped === null) return { rows: [], fromMemory };
    const inside = { ...reading, needsDate: needsDate && !unzipped.namedByDay };
    return { rows: await readCsvRows(unzipped.bytes, layout, day, inside), fromMemory };
  }

  return {
    name: "files",
    sample: false,
    publishHour: options.publishHour ?? USUAL_PUBLISH_HOUR,
    async fetchDay(day, fetchOptions) {
      const layout = layoutOf(day);
      if (layout === null) throw noPeriod(day);
      try {
        let read = await readDay(layout, day, fetchOptions);
        if (read?.rows.length === 0 && read.fromMemory) {
          // The file may have grown since it was read for the days before.
          reader.forget();
          read = await readDay(layout, day, fetchOptions);
        }
        fetchOptions.signal.throwIfAborted();
        if (read === null) return { kind: "nothing", missing: layout.template.locate(day).shown };
        if (read.rows.length === 0) return { kind: "nothing", barren: layout.template.locate(day).shown };
        fetchOptions.onProgress(read.rows.length, read.rows.length);
        return { kind: "rows", rows: read.rows };
      } catch (error) {
        // The next attempt reads the file itself.
        reader.forget();
        throw error;
      }
    },
    close: reader.close,
  };
}

function noPeriod(day: Day): SourceError {
  const detail = `no period begins on or before ${day}, and there is no FILES_URL`;
  return new SourceError("broken", { kind: "misconfigured", variable: "FILES_PERIODS", detail }, { retry: false });
}
