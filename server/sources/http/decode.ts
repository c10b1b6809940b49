import { promisify } from "node:util";
import { type InputType, brotliDecompress, gunzip, inflate, inflateRaw } from "node:zlib";
import { SourceError } from "@/server/sync/errors";
import { unlessAborted } from "@/server/sources/calls/abortable";

/** What we can read, and what we say that we can. */
export const ACCEPTED_ENCODINGS = "gzip, deflate, br";

interface Engine {
  bytesWritten: number;
}
type Decode = (bytes: InputType, options: { maxOutputLength: number; info: true }) => Promise<{ buffer: Buffer; engine: Engine }>;

const DECODERS = new Map<string, (bytes: Buffer) => Decode>([
  ["gzip", () => promisify(gunzip) as unknown as Decode],
  ["x-gzip", () => promisify(gunzip) as unknown as Decode],
  ["br", () => promisify(brotliDecompress) as unknown as Decode],
  // Some servers leave out the zlib header that the standard asks for; its low half byte is always 8.
  ["deflate", (bytes) => promisify(((bytes[0] ?? 0) & 15) === 8 ? inflate : inflateRaw) as unknown as Decode],
]);

const MEBIBYTE = 1024 * 1024;

export interface DecodeLimits {
  maxDecodedBytes: number;
  /** Decoded bytes per byte on the wire; small answers (up to 1 MiB decoded) may be any. */
  maxRatio: number;
}

/**
 * Undoes `Content-Encoding`, strictly: a stream without its end, a wrong checksum and bytes behind the end are errors, and
 * a bomb ends at the cap. Rejects with SourceError; `detail` names the answer.
 */
export async function decodeBody(
  wire: Buffer,
  encoding: string,
  limits: DecodeLimits,
  detail: string,
  signal: AbortSignal,
): Promise<Buffer> {
  const name = encoding.trim().toLowerCase();
  if (name === "" || name === "identity" || wire.length === 0) return wire;
  const decode = DECODERS.get(name)?.(wire);
  if (!decode)
    throw new SourceError("broken", { kind: "protocol", detail: `${detail} (Content-Encoding: ${name.slice(0, 40)})` });
  const maxOutputLength = Math.min(limits.maxDecodedBytes, Math.max(MEBIBYTE, wire.length * limits.maxRatio));
  try {
    const { buffer, engine } = await unlessAborted(decode(wire, { maxOutputLength, info: true }), signal);
    if (engine.bytesWritten < wire.length) throw new Error("bytes behind the end");
    return buffer;
  } catch (cause) {
    signal.throwIfAborted();
    const code = cause instanceof Error && "code" in cause ? cause.code : null;
    if (code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(detail, maxOutputLength, cause);
    if (code === "Z_BUF_ERROR") throw new SourceError("broken", { kind: "truncated", detail }, { cause });
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new SourceError("broken", { kind: "protocol", detail: `${detail} (${name}: ${words})` }, { cause });
  }
}

export function tooLarge(detail: string, maxBytes: number, cause?: unknown): SourceError {
  const limit = maxBytes < MEBIBYTE ? `${Math.round(maxBytes / 1024)} KiB` : `${Math.round(maxBytes / MEBIBYTE)} MiB`;
  return new SourceError("broken", { kind: "too_large", detail, limit }, { cause });
}
