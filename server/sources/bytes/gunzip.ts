import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { SourceError, wordsOf } from "@/server/sync/errors";
import { unlessAborted } from "@/server/sources/calls/abortable";
import { tooLarge } from "@/server/sources/http/decode";

const unzip = promisify(gunzip);

export interface GunzipOptions {
  /** For the words of errors. */
  shown: string;
  signal: AbortSignal;
  maxDecodedBytes: number;
}

/**
 * The content of a gzip file, strictly: a stream without its end, a wrong checksum and bytes after the end are errors, and
 * a bomb ends at the cap. Rejects with SourceError.
 */
export async function gunzipStrictly(raw: Buffer, { shown, signal, maxDecodedBytes }: GunzipOptions): Promise<Buffer> {
  try {
    return await unlessAborted(unzip(raw, { maxOutputLength: maxDecodedBytes }), signal);
  } catch (cause) {
    signal.throwIfAborted();
    const code = cause instanceof Error && "code" in cause ? cause.code : null;
    if (code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(shown, maxDecodedBytes, cause);
    if (code === "Z_BUF_ERROR") throw new SourceError("broken", { kind: "truncated", detail: shown }, { cause });
    throw new SourceError("broken", { kind: "unreadable", detail: `${shown} (gzip: ${wordsOf(cause)})` }, { cause });
  }
}
