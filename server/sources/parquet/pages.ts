import { brotliDecompressSync, gunzipSync } from "node:zlib";
import type { Compressors } from "hyparquet";
import { decompressLz4, decompressLz4Raw, decompressSnappy, decompressZstd } from "hyparquet-compressors";

type Unpack = (input: Uint8Array, outputLength: number) => Uint8Array;

/** A page says how long it will be: what would go over the caps is refused before a byte of it is made. */
export class ParquetTooLargeError extends Error {
  constructor(maxDecodedBytes: number) {
    super(`more than ${maxDecodedBytes} bytes`);
    this.name = "ParquetTooLargeError";
  }
}

/**
 * Every codec that files in the wild use. All pages of a read together may have so many bytes; gzip and brotli by Node's own
 * zlib. `onPage` sees each page before the reader does, and may throw.
 */
export function boundedCompressors(maxDecodedBytes: number, onPage: (unpacked: Uint8Array) => void): Compressors {
  let decodedBytes = 0;
  const bounded =
    (unpack: Unpack): Unpack =>
    (input, outputLength) => {
      decodedBytes += outputLength;
      if (decodedBytes > maxDecodedBytes) throw new ParquetTooLargeError(maxDecodedBytes);
      // A page without a value has no bytes, and zlib would call that a truncated stream.
      const unpacked = outputLength === 0 ? new Uint8Array(0) : unpack(input, outputLength);
      onPage(unpacked);
      return unpacked;
    };
  return {
    SNAPPY: bounded(decompressSnappy),
    GZIP: bounded((input, outputLength) => gunzipSync(input, { maxOutputLength: outputLength })),
    BROTLI: bounded((input, outputLength) => brotliDecompressSync(input, { maxOutputLength: outputLength })),
    ZSTD: bounded((input, outputLength) => decompressZstd(input, new Uint8Array(outputLength))),
    LZ4: bounded(decompressLz4),
    LZ4_RAW: bounded(decompressLz4Raw),
  };
}
