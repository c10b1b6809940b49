import { readFile, stat } from "node:fs/promises";
import { SourceError } from "@/server/sync/errors";
import { tooLarge } from "./http-decode";

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
    return version === known ? "as_known" : { bytes: await readFile(path, { signal }), version };
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof SourceError) throw cause;
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw new SourceError("broken", { kind: "unreadable", detail: `${path} (${code})` }, { cause });
  }
}
