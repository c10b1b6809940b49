import { type Cursor, fromZigZag, nextByte, varint } from "./numbers";
import { ParquetTooLargeError } from "./pages";

const LONGEST_VARINT_BYTES = 5;
const LENGTHS = "a row of lengths";

/**
 * The sum of `count` lengths in the encoding DELTA_BINARY_PACKED (parquet's Encodings.md), as the reader would read them from
 * `cursor`, which is moved behind them. Texts of the encoding DELTA_BYTE_ARRAY take over the beginning of the one before, so
 * some bytes can say that they become a terabyte. Throws ParquetTooLargeError where the sum passes `most`, and Error where a
 * length is below 0.
 */
export function sumOfLengths(cursor: Cursor, count: number, most: number): number {
  const blockSize = varint(cursor, LENGTHS, LONGEST_VARINT_BYTES);
  const miniblocks = varint(cursor, LENGTHS, LONGEST_VARINT_BYTES);
  varint(cursor, LENGTHS, LONGEST_VARINT_BYTES);
  const perMiniblock = blockSize / miniblocks;
  if (count === 0) return 0;
  if (miniblocks === 0 || !Number.isInteger(perMiniblock) || perMiniblock % 8 !== 0) throw new Error("blocks of no size");
  let length = fromZigZag(varint(cursor, LENGTHS, LONGEST_VARINT_BYTES));
  let sum = 0;
  const take = () => {
    sum += length;
    if (length < 0) throw new Error("a text of fewer bytes than none");
    if (sum > most) throw new ParquetTooLargeError(most);
  };
  take();
  for (let done = 1; done < count; ) {
    const least = fromZigZag(varint(cursor, LENGTHS, LONGEST_VARINT_BYTES));
    const widthsAt = cursor.at;
    cursor.at += miniblocks;
    for (let mini = 0; mini < miniblocks && done < count; mini += 1) {
      const width = byteAt(cursor.bytes, widthsAt + mini);
      const end = cursor.at + (perMiniblock * width) / 8;
      for (let index = 0; index < perMiniblock && done < count; index += 1) {
        // Such numbers wrap around at 32 bits.
        length = (length + least + bitsAt(cursor.bytes, cursor.at, index * width, width)) | 0;
        take();
        done += 1;
      }
      cursor.at = end;
    }
  }
  return sum;
}

/** A number of `width` bits, the lowest first; what is above 32 bits is of no use. */
function bitsAt(bytes: Uint8Array, from: number, offset: number, width: number): number {
  let value = 0;
  for (let read = 0; read < width; ) {
    const bit = (offset + read) & 7;
    const taken = Math.min(8 - bit, width - read);
    const piece = (byteAt(bytes, from + ((offset + read) >> 3)) >> bit) & ((1 << taken) - 1);
    if (read < 32) value |= piece << read;
    read += taken;
  }
  return value;
}

function byteAt(bytes: Uint8Array, at: number): number {
  return nextByte({ bytes, at }, LENGTHS);
}
