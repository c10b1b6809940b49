/** Where the next byte is read. */
export interface Cursor {
  bytes: Uint8Array;
  at: number;
}

/** The next byte. Throws Error where there is none; `what` is read. */
export function nextByte(cursor: Cursor, what: string): number {
  const byte = cursor.bytes[cursor.at];
  if (byte === undefined) throw new Error(`${what} that does not end`);
  cursor.at += 1;
  return byte;
}

/**
 * A number of seven bits a byte, the lowest first, as parquet and Thrift have them (ULEB128). Beyond 2^53 only roughly right,
 * and such a number is refused anyway. Throws Error where it takes more than `longestBytes`, or does not end.
 */
export function varint(cursor: Cursor, what: string, longestBytes: number): number {
  let value = 0;
  for (let index = 0; index < longestBytes; index += 1) {
    const byte = nextByte(cursor, what);
    value += (byte & 127) * 2 ** (7 * index);
    if (byte < 128) return value;
  }
  throw new Error(`${what} with a number that does not end`);
}

/** 0, -1, 1, -2 … for 0, 1, 2, 3 …: how numbers with a sign are written. */
export function fromZigZag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
