import { type Cursor, fromZigZag, nextByte, varint } from "./numbers";

const STOP = 0;
const LONGEST_VARINT_BYTES = 10;
const HEADER = "a page header";

/** Integers, booleans and structs of a Thrift struct by the number of the field; null for what is of no use here. */
export interface Struct {
  [field: number]: number | boolean | Struct | null;
}

/** Throws Error where the field is no integer. */
export function intOf(struct: Struct, field: number): number {
  const value = struct[field];
  if (typeof value !== "number") throw new Error(`a page header without its field ${field}`);
  return value;
}

/** Throws Error where the field is no struct. */
export function structOf(struct: Struct, field: number): Struct {
  const value = struct[field];
  if (typeof value !== "object" || value === null) throw new Error("a page of an unknown type");
  return value;
}

/** Reads one struct of Thrift's compact protocol, and leaves the cursor behind it. Throws Error for one that does not end. */
export function readStruct(cursor: Cursor): Struct {
  const struct: Struct = {};
  for (let field = 0; ; ) {
    const head = nextByte(cursor, HEADER);
    if ((head & 15) === STOP) return struct;
    field = head >> 4 ? field + (head >> 4) : fromZigZag(varint(cursor, HEADER, LONGEST_VARINT_BYTES));
    struct[field] = readValue(cursor, head & 15);
  }
}

function readValue(cursor: Cursor, type: number): number | boolean | Struct | null {
  switch (type) {
    case 1:
    case 2:
      return type === 1;
    case 3:
      return skip(cursor, 1);
    case 4:
    case 5:
    case 6:
      return fromZigZag(varint(cursor, HEADER, LONGEST_VARINT_BYTES));
    case 7:
      return skip(cursor, 8);
    case 8:
      return skip(cursor, varint(cursor, HEADER, LONGEST_VARINT_BYTES));
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
  const head = nextByte(cursor, HEADER);
  const count = head >> 4 === 15 ? varint(cursor, HEADER, LONGEST_VARINT_BYTES) : head >> 4;
  const isBoolean = (head & 15) === 1 || (head & 15) === 2;
  for (let index = 0; index < count; index += 1) {
    if (isBoolean) skip(cursor, 1);
    else readValue(cursor, head & 15);
  }
  return null;
}

function skip(cursor: Cursor, count: number): null {
  if (cursor.at + count > cursor.bytes.length) throw new Error(`${HEADER} that does not end`);
  cursor.at += count;
  return null;
}
