import {
  type AsyncBuffer,
  type DecodedArray,
  parquetMetadata,
  parquetScan,
  type ParquetScan,
  type RowGroup,
  type SchemaElement,
} from "hyparquet";
import { BadRowsError, SourceError } from "@/server/sync/errors";
import { checkContents, checkLevels, type ColumnFacts } from "./contents";
import { type PageHeader, readPageHeaders } from "./headers";
import { boundedCompressors, ParquetTooLargeError } from "./pages";
import { textOf, type ToText } from "./values";
import { giveWay } from "@/server/sources/bytes/portions";

const MAGIC = "PAR1";
const ENCRYPTED_MAGIC = "PARE";
/** A column of a group is decoded at one go, and this many values take about as long as the lease can wait for its turn. */
const MAX_GROUP_ROWS = 4_000_000;
const VALUES_AT_A_TIME = 20_000;

export interface ParquetOptions {
  /** For the words of errors. */
  shown: string;
  /** Zone of the exchange, for dates that are stored as instants. */
  zone: string;
  maxDecodedBytes: number;
  signal: AbortSignal;
}

/** A parquet file as a table of texts. */
export interface ParquetFile {
  /** Names of the columns that hold one value a row; nested ones are none of ours. */
  headers: string[];
  /** First row and the one behind the last, of each group of rows. */
  groups: { from: number; to: number }[];
  /**
   * The values of a column in a group, as text; the empty text = no value. With `wanted` only those of these rows, counted
   * from the first of the group. One column at a time.
   */
  readColumn(place: number, group: { from: number; to: number }, wanted?: readonly number[]): Promise<string[]>;
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
    // What is packed can be looked at when the reader has it unpacked, page after page.
    let expected: { pages: PageHeader[]; facts: ColumnFacts } = {
      pages: [],
      facts: { isOptional: true, textBytesLeft: maxDecodedBytes },
    };
    const onPage = (unpacked: Uint8Array) => {
      const page = expected.pages.shift();
      if (!page) throw new Error("a page that no header announced");
      checkContents(page, unpacked, expected.facts);
    };
    const scan = await parquetScan({
      file: inMemory(bytes),
      metadata: { ...metadata, schema },
      columns: columns.map(({ name }) => name),
      utf8: false,
      geoparquet: false,
      useOffsetIndex: false,
      compressors: boundedCompressors(maxDecodedBytes, onPage),
      parsers: { timestampFromNanoseconds: (nanos) => nanos },
    });
    const groups = scan.ranges.map(({ rowStart, rowEnd }) => ({ from: rowStart, to: rowEnd }));
    const most = groups.reduce((rows, { from, to }) => Math.max(rows, to - from), 0);
    if (most > MAX_GROUP_ROWS)
      throw unreadable(shown, `a row group of ${most} rows, at most ${MAX_GROUP_ROWS} are read at one go`);
    return {
      headers: columns.map(({ name }) => name),
      groups,
      readColumn(place, group, wanted) {
        const column = columns[place];
        if (!column) throw new RangeError(`no column ${place}`);
        const toText = textOf(column, zone);
        if (!toText) throw unreadable(shown, `the column ${column.name} has a type that cannot be a value here`);
        return wording(options, async () => {
          const { bytes: chunk, isPacked } = chunkOf(bytes, metadata.row_groups, column.name, group);
          const pages = readPageHeaders(chunk, { rows: group.to - group.from, maxDecodedBytes });
          const facts = { isOptional: column.repetition_type === "OPTIONAL", textBytesLeft: maxDecodedBytes };
          for (const page of pages) {
            const raw = chunk.subarray(page.from, page.to);
            checkLevels(page, raw, facts);
            const { repetition, definition } = page.levels ?? { repetition: 0, definition: 0 };
            if (!isPacked || !page.isPacked) checkContents(page, raw.subarray(repetition + definition), facts);
          }
          expected = { pages: pages.filter((page) => isPacked && page.isPacked), facts };
          return readTexts(scan, column.name, group, { toText, wanted, maxDecodedBytes, signal: options.signal });
        });
      },
    };
  });
}

interface TextReading {
  toText: ToText;
  wanted: readonly number[] | undefined;
  maxDecodedBytes: number;
  signal: AbortSignal;
}

/** A text that stands once in the file may stand for every row: what is made of the values is bounded too. */
async function readTexts(
  scan: ParquetScan,
  column: string,
  { from, to }: { from: number; to: number },
  { toText, wanted, maxDecodedBytes, signal }: TextReading,
): Promise<string[]> {
  const values: DecodedArray = await scan.readColumn({ column, rowStart: from, rowEnd: to });
  if (values.length !== to - from) throw new Error(`${values.length} values of ${column} for ${to - from} rows`);
  const texts: string[] = [];
  let chars = 0;
  for (let index = 0; index < (wanted?.length ?? values.length); index += 1) {
    if (index % VALUES_AT_A_TIME === VALUES_AT_A_TIME - 1) await giveWay(signal);
    const text = toText(values[wanted ? (wanted[index] as number) : index]);
    chars += text.length;
    if (chars > maxDecodedBytes) throw new ParquetTooLargeError(maxDecodedBytes);
    texts.push(text);
  }
  return texts;
}

/** The pages of a column, in the group that begins with a row, and whether they are packed. */
function chunkOf(
  bytes: Buffer,
  groups: readonly RowGroup[],
  column: string,
  { from: row, to }: { from: number; to: number },
): { bytes: Buffer; isPacked: boolean } {
  let first = 0;
  for (const group of groups) {
    if (first === row && group.num_rows > 0n) {
      const meta = group.columns.find(({ meta_data }) => meta_data?.path_in_schema[0] === column)?.meta_data;
      if (!meta) throw new Error(`no pages of ${column}`);
      if (meta.num_values !== BigInt(to - row)) throw new Error(`${meta.num_values} values of ${column} for ${to - row} rows`);
      // A dictionary stands before the values, and some writers say 0 where there is none.
      const from = Number(meta.dictionary_page_offset || meta.data_page_offset);
      const isPacked = meta.codec !== "UNCOMPRESSED";
      return { bytes: bytes.subarray(from, from + Number(meta.total_compressed_size)), isPacked };
    }
    first += Number(group.num_rows);
  }
  throw new Error(`no group begins with row ${row}`);
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
async function wording<Result>({ shown, maxDecodedBytes, signal }: ParquetOptions, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    signal.throwIfAborted();
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
