import { addAbortSignal } from "node:stream";
import { buffer } from "node:stream/consumers";
import { crc32 } from "node:zlib";
import { type Entry, fromBufferPromise, type ZipFile } from "yauzl";
import type { Day } from "@/lib/contract/day";
import { SourceError } from "@/server/sync/errors";
import { unlessAborted } from "@/server/sources/calls/abortable";

const MAX_ENTRIES = 20_000;
const NAMES_SHOWN = 3;
const LOCAL_HEADER = "PK\x03\x04";

export interface UnzipOptions {
  day: Day;
  /** For the words of errors. */
  shown: string;
  signal: AbortSignal;
  maxDecodedBytes: number;
}

/** The table of the day in an archive. */
interface Unzipped {
  bytes: Buffer;
  /** The archive holds one table per day, and this is that of the day by its name. */
  namedByDay: boolean;
}

/**
 * The one csv file in an archive, or of several the one whose name bears the day (`2024-01-02` or `20240102`). Null where
 * the archive holds one file per day and none for this one. Throws SourceError for every archive that is not sound.
 */
export async function unzipTable(archive: Buffer, options: UnzipOptions): Promise<Unzipped | null> {
  const { shown, signal, maxDecodedBytes } = options;
  try {
    const zip = await unlessAborted(fromBufferPromise(archive, { lazyEntries: true, validateEntrySizes: true }), signal);
    const chosen = chooseTable(await contentsOf(zip, signal), options);
    if (chosen === null) return null;
    const { entry, namedByDay } = chosen;
    if (entry.isEncrypted()) throw new SourceError("broken", { kind: "encrypted", detail: `${shown} (${entry.fileName})` });
    if (entry.uncompressedSize > maxDecodedBytes) throw tooLarge(shown, maxDecodedBytes);
    // yauzl ends the stream with an error as soon as there are more bytes than the archive says: no bomb gets past here.
    const bytes = await buffer(addAbortSignal(signal, await zip.openReadStreamPromise(entry)));
    if (crc32(bytes) !== entry.crc32) throw unreadable(shown, "zip: the checksum does not match");
    return { bytes, namedByDay };
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof SourceError) throw cause;
    const words = cause instanceof Error ? cause.message : String(cause);
    const begins = archive.subarray(0, 4).toString("latin1") === LOCAL_HEADER;
    // The list of contents stands at the end: an archive that begins well and has none was cut.
    if (begins && /end of central directory/i.test(words)) {
      throw new SourceError("broken", { kind: "truncated", detail: shown }, { cause });
    }
    throw unreadable(shown, `zip: ${words}`, cause);
  }
}

/** The tables of an archive, and the names of what else it holds. */
async function contentsOf(zip: ZipFile, signal: AbortSignal): Promise<{ tables: Entry[]; others: string[] }> {
  const tables: Entry[] = [];
  const others: string[] = [];
  if (zip.entryCount > MAX_ENTRIES) throw new Error(`${zip.entryCount} entries, at most ${MAX_ENTRIES} are read`);
  for await (const entry of zip.eachEntry()) {
    signal.throwIfAborted();
    const name = baseName(entry.fileName);
    // Archives made on a Mac hold a shadow of every file.
    if (/\.(csv|txt)$/i.test(name) && !name.startsWith(".") && !entry.fileName.startsWith("__MACOSX/")) tables.push(entry);
    else if (name !== "") others.push(entry.fileName);
  }
  return { tables, others };
}

function chooseTable(
  { tables, others }: { tables: Entry[]; others: string[] },
  { day, shown }: UnzipOptions,
): { entry: Entry; namedByDay: boolean } | null {
  const [only] = tables;
  if (!only) throw new SourceError("broken", { kind: "no_table_inside", detail: `${shown} (${firstOf(others)})` });
  const compact = day.replaceAll("-", "");
  const ofDay = tables.filter(({ fileName }) => [day, compact].some((text) => baseName(fileName).includes(text)));
  if (tables.length === 1) return { entry: only, namedByDay: ofDay.length === 1 };
  const [match] = ofDay;
  if (match && ofDay.length === 1) return { entry: match, namedByDay: true };
  if (!match && tables.every(({ fileName }) => /\d{4}-?\d\d-?\d\d/.test(baseName(fileName)))) return null;
  throw new SourceError("broken", {
    kind: "several_tables_inside",
    count: tables.length,
    detail: `${shown} (${firstOf(tables.map(({ fileName }) => fileName))})`,
  });
}

function firstOf(names: readonly string[]): string {
  const more = names.length > NAMES_SHOWN ? ", …" : "";
  return names.length === 0 ? "–" : names.slice(0, NAMES_SHOWN).join(", ") + more;
}

function baseName(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

function unreadable(shown: string, words: string, cause?: unknown): SourceError {
  return new SourceError("broken", { kind: "unreadable", detail: `${shown} (${words})` }, { cause });
}

function tooLarge(shown: string, maxBytes: number): SourceError {
  return new SourceError("broken", { kind: "too_large", detail: shown, limit: `${Math.round(maxBytes / 1024 / 1024)} MiB` });
}
