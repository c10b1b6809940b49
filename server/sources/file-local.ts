import { type FileHandle, open, stat } from "node:fs/promises";
import { SourceError } from "@/server/sync/errors";
import { tooLarge } from "./http-decode";

/** An abort is heard between two reads. */
const READ_BYTES = 8 * 1024 * 1024;

export interface LocalFile {
  bytes: Buffer;
  version: string;
}

/** The file, or null when there is none. `known` = the version that the caller has already: then `bytes` may be skipped. */
export async function readLocalFile(
  path: string,
  options: { signal: AbortSignal; maxBytes: number; known: string | null },
): Promise<LocalFile | "as_known" | null> {
  const { signal, maxBytes, known } = options;
  try {
    signal.throwIfAborted();
    const found = await stat(path);
    if (!found.isFile()) throw new SourceError("broken", { kind: "unreadable", detail: `${path} (not a file)` });
    if (found.size > maxBytes) throw tooLarge(path, maxBytes);
    const version = `${found.ino}:${found.size}:${found.mtimeMs}`;
    return version === known ? "as_known" : { bytes: await readWhole(path, found.size, signal), version };
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof SourceError) throw cause;
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw new SourceError("broken", { kind: "unreadable", detail: `${path} (${code})` }, { cause });
  }
}

/** `readFile` reads by half a megabyte and puts the pieces together: twice the memory, and the sweeping up after it. */
async function readWhole(path: string, size: number, signal: AbortSignal): Promise<Buffer> {
  const file = await open(path);
  try {
    const bytes = Buffer.allocUnsafeSlow(size);
    return bytes.subarray(0, await fill(file, bytes, signal));
  } finally {
    await file.close();
  }
}

/** Bytes that were read: fewer than there is room for where the file was cut meanwhile. */
async function fill(file: FileHandle, bytes: Buffer, signal: AbortSignal): Promise<number> {
  for (let at = 0; ; ) {
    signal.throwIfAborted();
    const { bytesRead } = await file.read(bytes, at, Math.min(READ_BYTES, bytes.length - at));
    at += bytesRead;
    if (bytesRead === 0 || at === bytes.length) return at;
  }
}
