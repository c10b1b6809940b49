import {
  type AsyncBuffer,
  type DecodedArray,
  parquetMetadata,
  parquetScan,
  type ParquetScan,
  type SchemaElement,
} from "hyparquet";
import { BadRowsError, SourceError } from "@/server/sync/errors";
import { boundedCompressors, ParquetTooLargeError } from "./parquet-pages";
import { textOf, type ToText } from "./parquet-values";

const MAGIC = "PAR1";
const ENCRYPTED_MAGIC = "PARE";
const MAX_GROUP_ROWS = 20_000_000;

export interface ParquetOptions {
  /** For the words of errors. */
  shown: string;
  /** Zone of the exchange, for dates that are stored as instants. */
  zone: string;
  maxDecodedBytes: number;
}

/** A parquet file as a table of texts. */
export interface ParquetFile {
  /** Names of the columns that hold one value a row; nested ones are none of ours. */
  headers: string[];
  /** First row and the one behind the last, of each group of rows. */
  groups: { from: number; to: number }[];
  /** The values of a column in a group, as text; the empty text = no value. */
  readColumn(place: number, group: { from: number; to: number }): Promise<string[]>;
}

/** Reads the contents of a parquet file. Throws SourceError for what is none, or not a whole one. */
export async function openParquet(bytes: Buffer, options: ParquetOptions): Promise<ParquetFile> {
  const { shown, zone, maxDecodedBytes } = options;
  refuseOther(bytes, shown);
  return wording(options, async () => {
    const metadata = parquetMetadata(bytes, { geoparquet: false });
    const columns = flatColumns(metadata.schema);
    // Without their meaning the values come as they are stored, and every digit of a decimal with them.
    const schema = metadata.schema.map(({ converted_type: _, logical_type: __, ...stored }) => stored);
    const scan = await parquetScan({
      file: inMemory(bytes),
      metadata: { ...metadata, schema },
      columns: columns.map(({ name }) => name),
      utf8: false,
      geoparquet: false,
      useOffsetIndex: false,
      compressors: boundedCompressors(maxDecodedBytes),
      parsers: { timestampFromNanoseconds: (nanos) => nanos },
    });
    const groups = scan.ranges.map(({ rowStart, rowEnd }) => ({ from: rowStart, to: rowEnd }));
    if (groups.some(({ from, to }) => to - from > MAX_GROUP_ROWS)) throw new ParquetTooLargeError(maxDecodedBytes);
    return {
      headers: columns.map(({ name }) => name),
      groups,
      readColumn(place, group) {
        const column = columns[place];
        if (!column) throw new RangeError(`no column ${place}`);
        const toText = textOf(column, zone);
        if (!toText) throw unreadable(shown, `the column ${column.name} has a type that cannot be a value here`);
        return wording(options, () => readTexts(scan, column.name, group, toText));
      },
    };
  });
}

async function readTexts(
  scan: ParquetScan,
  column: string,
  { from, to }: { from: number; to: number },
  toText: ToText,
): Promise<string[]> {
  const values: DecodedArray = await scan.readColumn({ column, rowStart: from, rowEnd: to });
  if (values.length !== to - from) throw new Error(`${values.length} values of ${column} for ${to - from} rows`);
  const texts: string[] = [];
  for (const value of values) texts.push(toText(value));
  return texts;
}

/** The leaves right below the root, without lists. */
function flatColumns(schema: SchemaElement[]): SchemaElement[] {
  const columns: SchemaElement[] = [];
  let inside = 0;
  for (const element of schema.slice(1)) {
    const isNested = inside > 0;
    inside = Math.max(0, inside - 1) + (element.num_children ?? 0);
    if (!isNested && element.type !== undefined && element.repetition_type !== "REPEATED") columns.push(element);
  }
  return columns;
}

function refuseOther(bytes: Buffer, shown: string): void {
  const first = bytes.subarray(0, 4).toString("latin1");
  const last = bytes.subarray(-4).toString("latin1");
  if (first === ENCRYPTED_MAGIC) throw new SourceError("broken", { kind: "encrypted", detail: shown });
  if (first !== MAGIC) throw unreadable(shown, "not a parquet file");
  if (last !== MAGIC || bytes.length < 12) throw new SourceError("broken", { kind: "truncated", detail: shown });
}

/** The failures of a reader that trusts its input: whatever it stumbles over, the file is to blame. */
async function wording<Result>({ shown, maxDecodedBytes }: ParquetOptions, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof SourceError || cause instanceof BadRowsError) throw cause;
    if (cause instanceof ParquetTooLargeError) {
      const limit = `${Math.round(maxDecodedBytes / 1024 / 1024)} MiB`;
      throw new SourceError("broken", { kind: "too_large", detail: shown, limit }, { cause });
    }
    throw unreadable(shown, `parquet: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
}

function unreadable(shown: string, words: string, cause?: unknown): SourceError {
  return new SourceError("broken", { kind: "unreadable", detail: `${shown} (${words})` }, { cause });
}

function inMemory(bytes: Buffer): AsyncBuffer {
  return {
    byteLength: bytes.byteLength,
    slice: (start, end = bytes.byteLength) => new Uint8Array(bytes.subarray(start, end)).buffer,
  };
}
