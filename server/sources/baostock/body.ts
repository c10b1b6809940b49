import { inflateSync } from "node:zlib";
import { SourceError, wordsOf } from "@/server/sync/errors";

/** A page of 10,000 rows has a little over 1 MB; what is read at one go must not keep the process busy for long. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;
/** Rows of prices shrink to a twentieth, a suspended year to a fiftieth; a bomb to a thousandth. */
const MAX_RATIO = 250;
const ALWAYS_ALLOWED_BYTES = 64 * 1024;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The bytes behind a zlib body. Throws SourceError where it is cut, has something behind it, or swells too much. */
export function inflateBody(compressed: Buffer): Uint8Array {
  const maxOutputLength = Math.min(MAX_BODY_BYTES, Math.max(ALWAYS_ALLOWED_BYTES, compressed.length * MAX_RATIO));
  try {
    // With `info` the answer tells how much of the input was used; the types of Node do not know it.
    const { buffer, engine } = inflateSync(compressed, { maxOutputLength, info: true }) as unknown as {
      buffer: Buffer;
      engine: { bytesWritten: number };
    };
    if (engine.bytesWritten !== compressed.length) throw protocol("a compressed answer has something behind its end");
    return buffer;
  } catch (error) {
    if (error instanceof SourceError) throw error;
    if ((error as { code?: unknown }).code === "ERR_BUFFER_TOO_LARGE") {
      const limit = `${MAX_BODY_BYTES / 1024 / 1024} MiB, ${MAX_RATIO}:1`;
      throw new SourceError("broken", { kind: "too_large", limit, detail: "a compressed answer of Baostock" }, { cause: error });
    }
    throw protocol(`a compressed answer cannot be read: ${wordsOf(error)}`, error);
  }
}

export function decodeText(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (error) {
    throw protocol("the answer is not valid UTF-8", error);
  }
}

function protocol(detail: string, cause?: unknown): SourceError {
  return new SourceError("broken", { kind: "protocol", detail }, { cause });
}
