import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Day } from "@/lib/contract/day";
import { calendarOf } from "@/server/calendars/registry";
import { createFilesSource, type FilesPorts } from "@/server/sources/files";
import type { FilesConfig } from "@/server/sources/source-config";
import { BadRowsError, SourceError } from "@/server/sync/errors";
import type { Clock } from "@/server/sync/ports";
import type { Source } from "@/server/sync/source-ports";
import { asRows } from "@/server/sync/rows/cut-rows";
import type { Row } from "@/server/sync/rows/row";

export const calendar = calendarOf("XSHG");
/** The calendar of an exchange that never closes: it has nothing to differ from a source in. */
export const NEVER_CLOSED = { closedReason: () => null };

/** A clock that stands still but for `sleep`, which moves it at once. */
export function jumpingClock(): Clock {
  let nowMs = 0;
  return {
    now: () => nowMs,
    monotonic: () => nowMs,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      nowMs += ms;
    },
    giveWay: async () => {},
  };
}

/** A clock on which a sleep ends by the signal only. */
export function frozenClock(): Clock {
  return {
    now: () => 0,
    monotonic: () => 0,
    giveWay: async () => {},
    sleep: (_, signal) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
      }),
  };
}

/** A signal that is never aborted, and progress that nobody watches. */
export const unwatched = { signal: new AbortController().signal, onProgress: () => {} };

/** The rows of a day; fails when the source has none. */
export async function rowsOf(source: Source, day: Day): Promise<readonly Row[]> {
  const fetched = await source.fetchDay(day, unwatched);
  if (fetched.kind !== "rows") throw new Error(`no rows on ${day}`);
  return asRows(fetched.rows);
}

/** Params (and class) of the refusal of a day. */
export async function refusalOf(source: Source, day: Day): Promise<SourceError["params"]> {
  try {
    await source.fetchDay(day, unwatched);
  } catch (error) {
    if (error instanceof SourceError) return { refusal: error.refusal, ...error.params };
    if (error instanceof BadRowsError) return error.params;
    throw error;
  }
  throw new Error(`${day} was accepted`);
}

export const FILE_DAY: Day = "2024-01-02";

/** A folder with the given files, gone after the test. */
export function folderWith(files: Record<string, string | Uint8Array>): string {
  const folder = mkdtempSync(join(tmpdir(), "dayfill-files-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

/** Nothing configured: UTF-8, columns by their header, no units, one period. */
export const NOTHING_SAID: FilesConfig = {
  url: null,
  columns: null,
  delimiter: null,
  nulls: null,
  encoding: null,
  units: null,
  periods: null,
};

/** The files source as it comes of a configuration; what is not said is unset. */
export function filesSource(config: Partial<FilesConfig>, ports: Partial<FilesPorts> = {}): Source {
  return createFilesSource({ ...NOTHING_SAID, ...config }, { clock: jumpingClock(), calendar, ...ports });
}

/** A files source over one file that holds `content` for FILE_DAY. */
export function sourceOf(content: string | Uint8Array, options: Partial<FilesConfig> & { ending?: string } = {}): Source {
  const { ending = "csv", ...config } = options;
  const folder = folderWith({ [`${FILE_DAY}.${ending}`]: content });
  return filesSource({ url: join(folder, `{yyyy-MM-dd}.${ending}`), ...config });
}
