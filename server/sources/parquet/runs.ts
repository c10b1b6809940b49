import { varint } from "./numbers";

/** Runs of packed bits are whole groups of eight, and some writers fill their last run up: so many values may be behind the end. */
const MOST_FILLED_UP = 512;
const LONGEST_VARINT_BYTES = 5;

/**
 * Walks over runs of the hybrid of run lengths and packed bits (parquet's Encodings.md, RLE) before the reader believes them:
 * it makes room for as many values as a run says, be it a thousand million in five bytes. `width` = bits of a value. Too few
 * values are for the reader to find. Answers how many values of one bit are 1. Throws Error with words for a run longer than
 * the values that are left, or cut in its length.
 */
export function checkRuns(bytes: Uint8Array, from: number, { width, values }: { width: number; values: number }): number {
  let [seen, ones] = [0, 0];
  const cursor = { bytes, at: from };
  while (seen < values && cursor.at < bytes.length) {
    const head = varint(cursor, "a run", LONGEST_VARINT_BYTES);
    const isPacked = head % 2 === 1;
    const count = isPacked ? 8 * ((head - 1) / 2) : head / 2;
    if (count > values - seen + (isPacked ? MOST_FILLED_UP : 0)) {
      throw new Error(`a run of ${count} values where ${values - seen} are left`);
    }
    if (width === 1)
      ones += isPacked ? onesIn(bytes, cursor.at, Math.min(count, values - seen)) : ((bytes[cursor.at] ?? 0) & 1) * count;
    cursor.at += isPacked ? (count / 8) * width : Math.ceil(width / 8);
    seen += count;
  }
  return ones;
}

function onesIn(bytes: Uint8Array, from: number, bits: number): number {
  let ones = 0;
  for (let bit = 0; bit < bits; bit += 1) ones += ((bytes[from + (bit >> 3)] ?? 0) >> (bit & 7)) & 1;
  return ones;
}
