import { type FileHandle, open, stat } from "node:fs/promises";
import { SourceError } from "@/server/sync/errors";
import { tooLarge } from "@/server/sources/http/decode";

/** An abort is heard between two reads. */
const READ_BYTES = 8 * 1024 * 1024;

export interface LocalFile {
  bytes: Buffer;
  version: string;
}

/**
 * The file, or null when there is none. `known` = the version that the caller has already: then `bytes` may be skipped.
 * Rejects with SourceError for what is no file, is too large, or changes while it is read: half a table may look like one.
 */
export async function readLocalFile(
  path: string,
  options: { signal: AbortSignal; maxBytes: number; known: string | null },
): Promise<LocalFile | "as_known" | null> {
  const { signal, maxBytes, known } = options;
  let file: FileHandle | null = null;
  try {
    signal.throwIfAborted();
    // Looked at before it is opened: a pipe that nobody writes to would hold the open for ever.
    const found = await stat(path);
    if (!found.isFile()) throw new SourceError("broken", { kind: "unreadable", detail: `${path} (not a file)` });
    if (found.size > maxBytes) throw tooLarge(path, maxBytes);
    if (versionOf(found) === known) return "as_known";
    file = await open(path);
    const before = await file.stat();
    if (before.size > maxBytes) throw tooLarge(path, maxBytes);
    const bytes = await readWhole(file, before.size, signal);
    const version = versionOf(await file.stat());
    if (version !== versionOf(before) || bytes.length !== before.size) {
      throw new SourceError("broken", { kind: "unreadable", detail: `${path} (it changed while it was read)` });
    }
    return { bytes, version };
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof SourceError) throw cause;
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw new SourceError("broken", { kind: "unreadable", detail: `${path} (${code})` }, { cause });
  } finally {
    await file?.close();
  }
}

function versionOf({ ino, size, mtimeMs }: { ino: number; size: number; mtimeMs: number }): string {
  return `${ino}:${size}:${mtimeMs}`;
}

/**
 * `readFile` reads by half a megabyte and puts the pieces together: twice the memory, and the sweeping up after it. Fewer
 * bytes than `size` where the file was cut meanwhile.
 */
async function readWhole(file: FileHandle, size: number, signal: AbortSignal): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(size);
  for (let at = 0; at < size; ) {
    signal.throwIfAborted();
    const { bytesRead } = await file.read(bytes, at, Math.min(READ_BYTES, size - at));
    if (bytesRead === 0) return bytes.subarray(0, at);
    at += bytesRead;
  }
  return bytes;
}
