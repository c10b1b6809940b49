import { readFile, stat } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { SourceError } from "@/server/sync/errors";
import { unlessAborted } from "./abortable";

const unzip = promisify(gunzip);

/** A day of 5,400 rows has half a megabyte; the cap is for gzip bombs and wrong paths. */
const MAX_DECODED_BYTES = 256 * 1024 * 1024;

export interface ReadOptions {
  gzipped: boolean;
  signal: AbortSignal;
  maxDecodedBytes?: number;
}

/** The whole decoded content of a file, or null when there is no such file. Throws SourceError for one that is unusable. */
export async function readFileBytes(path: string, options: ReadOptions): Promise<Buffer | null> {
  const { gzipped, signal, maxDecodedBytes = MAX_DECODED_BYTES } = options;
  signal.throwIfAborted();
  const raw = await readRaw(path, signal, maxDecodedBytes);
  if (raw === null) return null;
  if (raw.length === 0) throw new SourceError("broken", { kind: "empty_file", detail: path });
  if (!gzipped) return raw;
  // What is no gzip goes on as it is: the text checks know a web page when they see one.
  if (startsAsText(raw)) return raw;
  try {
    // Strict: a stream without its end, a wrong checksum and bytes after the end are errors.
    return await unlessAborted(unzip(raw, { maxOutputLength: maxDecodedBytes }), signal);
  } catch (cause) {
    signal.throwIfAborted();
    throw unzipError(path, maxDecodedBytes, cause);
  }
}

async function readRaw(path: string, signal: AbortSignal, maxBytes: number): Promise<Buffer | null> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new SourceError("broken", { kind: "unreadable", detail: `${path} (not a file)` });
    if (found.size > maxBytes) throw tooLarge(path, maxBytes);
    return await readFile(path, { signal });
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof SourceError) throw cause;
    const code = codeOf(cause);
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw new SourceError("broken", { kind: "unreadable", detail: `${path} (${code})` }, { cause });
  }
}

/** A web page that was saved under the name of a .gz file. */
function startsAsText(bytes: Buffer): boolean {
  return bytes.subarray(0, 64).toString("latin1").trimStart().startsWith("<");
}

function unzipError(path: string, maxBytes: number, cause: unknown): SourceError {
  const code = codeOf(cause);
  if (code === "ERR_BUFFER_TOO_LARGE") return tooLarge(path, maxBytes);
  if (code === "Z_BUF_ERROR") return new SourceError("broken", { kind: "truncated", detail: path }, { cause });
  const words = cause instanceof Error ? cause.message : code;
  return new SourceError("broken", { kind: "unreadable", detail: `${path} (gzip: ${words})` }, { cause });
}

function tooLarge(path: string, maxBytes: number): SourceError {
  return new SourceError("broken", { kind: "too_large", detail: path, limit: `${Math.round(maxBytes / 1024 / 1024)} MiB` });
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
}
