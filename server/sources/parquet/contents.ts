import type { PageHeader } from "./headers";
import { sumOfLengths } from "./deltas";
import { checkRuns } from "./runs";

/** Encodings of parquet.thrift. */
const PLAIN_DICTIONARY = 2;
const RLE = 3;
const DELTA_BYTE_ARRAY = 7;
const RLE_DICTIONARY = 8;
const LENGTH_BYTES = 4;
const MAX_INDEX_BITS = 32;

/** What is known of a column beside its pages. */
export interface ColumnFacts {
  /** A value may be absent: then levels of one bit stand in front of the values. */
  isOptional: boolean;
  /** What texts that grow out of each other may still become, over all pages of the column; each page takes its part. */
  textBytesLeft: number;
}

/** What stands in front of a page of the second kind, as it lies in the file; the reader goes there before it unpacks the rest. */
export function checkLevels({ levels, values }: PageHeader, raw: Uint8Array, { isOptional }: ColumnFacts): void {
  if (isOptional && levels) checkRuns(raw, levels.repetition, { width: 1, values });
}

/** Looks at the runs of a page, unpacked, before the reader makes room for what they say. Throws Error with words. */
export function checkContents(page: PageHeader, unpacked: Uint8Array, column: ColumnFacts): void {
  const { kind, values, encoding, levels } = page;
  if (kind === "dictionary" || values === 0) return;
  // The reader believes the header where it says how many are absent.
  let [at, present] = [0, values - (page.nulls ?? 0)];
  if (column.isOptional && !levels) {
    present = checkRuns(unpacked, LENGTH_BYTES, { width: 1, values });
    at = LENGTH_BYTES + new DataView(unpacked.buffer, unpacked.byteOffset, unpacked.byteLength).getUint32(0, true);
  }
  if (encoding === PLAIN_DICTIONARY || encoding === RLE_DICTIONARY) {
    const width = unpacked[at] ?? 0;
    if (width > MAX_INDEX_BITS) throw new Error(`places in a dictionary of ${width} bits`);
    checkRuns(unpacked, at + 1, { width, values });
  } else if (encoding === RLE) {
    checkRuns(unpacked, levels ? at : at + LENGTH_BYTES, { width: 1, values });
  } else if (encoding === DELTA_BYTE_ARRAY) {
    const cursor = { bytes: unpacked, at };
    column.textBytesLeft -= sumOfLengths(cursor, present, column.textBytesLeft);
    column.textBytesLeft -= sumOfLengths(cursor, present, column.textBytesLeft);
  }
}
