import { SourceError } from "@/server/sync/errors";
import { refuseOtherForm } from "@/server/sources/bytes/form";
import type { Clock } from "@/server/sync/ports";
import { readLocalFile } from "./local";
import { createFileMemory } from "./memory";
import type { FileLocation, FileTemplate } from "./template";
import { createWebFiles, type WebFilesOptions } from "./web";
import { gunzipStrictly } from "@/server/sources/bytes/gunzip";

/** A day of 5,400 rows has half a megabyte, a year of them 130; the cap is for bombs and wrong paths. */
export const MAX_FILE_BYTES = 256 * 1024 * 1024;

/** The content of a file, the gzip around it undone. */
export interface FileContent {
  bytes: Buffer;
  /** The bytes were kept from a day before, and nobody asked whether the file is still the same. */
  fromMemory: boolean;
}

export interface FileReaderOptions extends WebFilesOptions {
  clock: Pick<Clock, "now" | "monotonic">;
  maxBytes?: number;
}

/** Reads the files of a template, from disk or the web. A file of several days is read once for all of them, where it fits in memory. */
export function createFileReader(options: FileReaderOptions) {
  const { maxBytes = MAX_FILE_BYTES } = options;
  const web = createWebFiles(options);
  const memory = createFileMemory(options.clock);

  /** Null when there is no such file. Rejects with SourceError for one that is unusable. */
  async function read(location: FileLocation, template: FileTemplate, signal: AbortSignal): Promise<FileContent | null> {
    const { packing, oneFilePerDay } = template;
    const { address, shown } = location;
    signal.throwIfAborted();
    const kept = oneFilePerDay ? null : memory.recall(address);
    if (location.web && kept) return { bytes: kept.bytes, fromMemory: true };
    const file = location.web
      ? await web.read(location, packing, signal)
      : await readLocalFile(address, { signal, maxBytes, known: kept?.version ?? null });
    if (file === null) return null;
    if (file === "as_known") return kept && { bytes: kept.bytes, fromMemory: false };
    refuseNoFile(file.bytes, location, packing !== "csv");
    if (packing === "parquet" || packing === "zip") refuseOtherForm(file.bytes, packing, shown);
    const isPacked = packing === "csv.gz" && !("gunzipped" in file && file.gunzipped);
    if (isPacked) refuseOtherForm(file.bytes, "gzip", shown);
    const bytes = isPacked ? await gunzipStrictly(file.bytes, { shown, signal, maxDecodedBytes: maxBytes }) : file.bytes;
    if (!oneFilePerDay) memory.keep(address, "version" in file ? file.version : null, bytes);
    return { bytes, fromMemory: false };
  }

  return {
    read,
    forget: memory.forget,
    /** Gives back the connections and what is kept. */
    close(): Promise<void> {
      memory.forget();
      return web.close();
    },
  };
}

/** Nothing at all, or a web page that was saved or sent under the name of a packed file; a csv is looked at later. */
function refuseNoFile(bytes: Buffer, { shown }: FileLocation, packed: boolean): void {
  if (bytes.length === 0) throw new SourceError("broken", { kind: "empty_file", detail: shown });
  if (packed && bytes.subarray(0, 64).toString("latin1").trimStart().startsWith("<")) {
    throw new SourceError("broken", { kind: "html", detail: shown });
  }
}
