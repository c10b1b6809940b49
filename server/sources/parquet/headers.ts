import { ParquetTooLargeError } from "./pages";

const STOP = 0;
const LONGEST_VARINT_BYTES = 10;
const [DATA_PAGE, DICTIONARY_PAGE, DATA_PAGE_2] = [0, 2, 3];

/** Integers and structs of a Thrift struct by the number of the field; null for what is of no use here. */
interface Struct {
  [field: number]: number | Struct | null;
}
interface Cursor {
  bytes: Buffer;
  at: number;
}

/**
 * Looks at the headers of the pages of a flat column (parquet.thrift, PageHeader; Thrift's compact protocol) before the
 * reader believes them: it would make room for as many values as a header says, or go round for ever. Throws
 * ParquetTooLargeError, or Error with words for a header that cannot be.
 */
export function checkPages(bytes: Buffer, { rows, maxDecodedBytes }: { rows: number; maxDecodedBytes: number }): void {
  const cursor = { bytes, at: 0 };
  for (let values = 0; values < rows && cursor.at < bytes.length - 1; ) {
    const header = readStruct(cursor);
    const [type, unpacked, packed] = [intOf(header, 1), intOf(header, 2), intOf(header, 3)];
    if (unpacked > maxDecodedBytes) throw new ParquetTooLargeError(maxDecodedBytes);
    if (unpacked < 0 || packed < 0 || cursor.at + packed > bytes.length) {
      throw new Error(`a page of ${packed} bytes where ${bytes.length - cursor.at} are left`);
    }
    cursor.at += packed;
    if (type === DICTIONARY_PAGE) {
      // Each value takes a byte at least.
      const count = intOf(structOf(header, 7), 1);
      if (count < 0 || count > unpacked) throw new Error(`a dictionary of ${count} values in ${unpacked} bytes`);
    } else {
      const count = intOf(structOf(header, type === DATA_PAGE ? 5 : type === DATA_PAGE_2 ? 8 : -1), 1);
      if (count < 0 || count > rows - values) throw new Error(`a page of ${count} values where ${rows - values} rows are left`);
      values += count;
    }
  }
}

function intOf(struct: Struct, field: number): number {
  const value = struct[field];
  if (typeof value !== "number") throw new Error(`a page header without its field ${field}`);
  return value;
}

function structOf(struct: Struct, field: number): Struct {
  const value = struct[field];
  if (typeof value !== "object" || value === null) throw new Error("a page of an unknown type");
  return value;
}

function readStruct(cursor: Cursor): Struct {
  const struct: Struct = {};
  for (let field = 0; ; ) {
    const head = byteAt(cursor);
    if ((head & 15) === STOP) return struct;
    field = head >> 4 ? field + (head >> 4) : fromZigZag(varint(cursor));
    struct[field] = readValue(cursor, head & 15);
  }
}

function readValue(cursor: Cursor, type: number): number | Struct | null {
  switch (type) {
    case 1:
    case 2:
      return null;
    case 3:
      return skip(cursor, 1);
    case 4:
    case 5:
    case 6:
      return fromZigZag(varint(cursor));
    case 7:
      return skip(cursor, 8);
    case 8:
      return skip(cursor, varint(cursor));
    case 9:
    case 10:
      return skipList(cursor);
    case 12:
      return readStruct(cursor);
    default:
      throw new Error(`a page header with a value of type ${type}`);
  }
}

function skipList(cursor: Cursor): null {
  const head = byteAt(cursor);
  const count = head >> 4 === 15 ? varint(cursor) : head >> 4;
  const isBoolean = (head & 15) === 1 || (head & 15) === 2;
  for (let index = 0; index < count; index += 1) {
    if (isBoolean) skip(cursor, 1);
    else readValue(cursor, head & 15);
  }
  return null;
}

function skip(cursor: Cursor, count: number): null {
  if (cursor.at + count > cursor.bytes.length) throw new Error("a page header that does not end");
  cursor.at += count;
  return null;
}

function byteAt(cursor: Cursor): number {
  const byte = cursor.bytes[cursor.at];
  if (byte === undefined) throw new Error("a page header that does not end");
  cursor.at += 1;
  return byte;
}

/** Beyond 2^53 only roughly right, and such a number is refused anyway. */
function varint(cursor: Cursor): number {
  let value = 0;
  for (let index = 0; index < LONGEST_VARINT_BYTES; index += 1) {
    const byte = byteAt(cursor);
    value += (byte & 127) * 2 ** (7 * index);
    if (byte < 128) return value;
  }
  throw new Error("a page header with a number that does not end");
}

function fromZigZag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
