import { ParquetTooLargeError } from "./pages";
import { intOf, readStruct, type Struct, structOf } from "./thrift";

/** Dictionaries, and pages without a value as some writers leave them. */
const MOST_EMPTY_PAGES = 1_000;
const [DATA_PAGE, DICTIONARY_PAGE, DATA_PAGE_2] = [0, 2, 3];

/** What the header of a page says of it; the offsets are in the bytes of the chunk. */
export interface PageHeader {
  kind: "dictionary" | "data" | "data_2";
  /** Where its bytes lie. */
  from: number;
  to: number;
  values: number;
  /** Values that are absent, where the header says it. */
  nulls: number | null;
  /** Encodings of parquet.thrift. */
  encoding: number;
  /** Of `data_2`: bytes of the levels, which stand in front and are never packed. */
  levels: { repetition: number; definition: number } | null;
  /** False where a page of `data_2` is as it is in a column of packed pages. */
  isPacked: boolean;
}

/**
 * Reads the headers of the pages of a flat column (parquet.thrift, PageHeader; Thrift's compact protocol) before the
 * reader believes them: it would make room for as many values as a header says, or go round for ever. Throws
 * ParquetTooLargeError, or Error with words for a header that cannot be.
 */
export function readPageHeaders(
  bytes: Buffer,
  { rows, maxDecodedBytes }: { rows: number; maxDecodedBytes: number },
): PageHeader[] {
  const cursor = { bytes, at: 0 };
  const pages: PageHeader[] = [];
  for (let values = 0; values < rows && cursor.at < bytes.length - 1; ) {
    const header = readStruct(cursor);
    const [type, unpacked, packed] = [intOf(header, 1), intOf(header, 2), intOf(header, 3)];
    if (unpacked > maxDecodedBytes) throw new ParquetTooLargeError(maxDecodedBytes);
    if (unpacked < 0 || packed < 0 || cursor.at + packed > bytes.length) {
      throw new Error(`a page of ${packed} bytes where ${bytes.length - cursor.at} are left`);
    }
    if (pages.length > rows + MOST_EMPTY_PAGES) throw new Error(`more pages than the ${rows} rows of the group need`);
    const page = pageOf(header, type, cursor.at, packed);
    cursor.at = page.to;
    pages.push(page);
    if (page.kind === "dictionary") {
      // Each value takes a byte at least.
      const { values: count } = page;
      if (count < 0 || count > unpacked) throw new Error(`a dictionary of ${count} values in ${unpacked} bytes`);
    } else {
      const { values: count } = page;
      if (count < 0 || count > rows - values) throw new Error(`a page of ${count} values where ${rows - values} rows are left`);
      values += count;
    }
  }
  return pages;
}

function pageOf(header: Struct, type: number, from: number, packed: number): PageHeader {
  const place = { from, to: from + packed };
  if (type === DICTIONARY_PAGE) {
    const said = structOf(header, 7);
    return {
      ...place,
      kind: "dictionary",
      values: intOf(said, 1),
      encoding: intOf(said, 2),
      nulls: null,
      levels: null,
      isPacked: true,
    };
  }
  if (type !== DATA_PAGE_2) {
    const said = structOf(header, type === DATA_PAGE ? 5 : -1);
    return {
      ...place,
      kind: "data",
      values: intOf(said, 1),
      encoding: intOf(said, 2),
      nulls: null,
      levels: null,
      isPacked: true,
    };
  }
  const said = structOf(header, 8);
  const [values, nulls] = [intOf(said, 1), intOf(said, 2)];
  const [definition, repetition] = [intOf(said, 5), intOf(said, 6)];
  if (nulls < 0 || nulls > values) throw new Error(`a page of ${values} values, ${nulls} of them absent`);
  if (definition < 0 || repetition < 0 || definition + repetition > packed) {
    throw new Error(`a page of ${packed} bytes, ${definition + repetition} of them levels`);
  }
  const levels = { repetition, definition };
  return { ...place, kind: "data_2", values, nulls, encoding: intOf(said, 4), levels, isPacked: said[7] !== false };
}
