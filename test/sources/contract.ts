import { expect, test } from "vitest";
import type { Source } from "@/server/sync/source-ports";
import { FILE_DAY, rowsOf, unwatched } from "./harness";
import { applyRowRules } from "../support/at-once";

/** A day on which no source has rows. */
export const CLOSED_DAY = "2024-01-01";

/** What every source promises; to be called inside a `describe`. `open` makes one in a world where FILE_DAY has rows and CLOSED_DAY has none. */
export function keepsTheContract(open: () => Source | Promise<Source>): void {
  test("gives the same rows for the same day", async () => {
    const source = await open();
    expect(await rowsOf(source, FILE_DAY)).toEqual(await rowsOf(source, FILE_DAY));
  });

  test("gives rows that pass the row rules whole", async () => {
    const rows = await rowsOf(await open(), FILE_DAY);
    expect(applyRowRules(rows, FILE_DAY)).toMatchObject({ rows, rejected: 0 });
  });

  test("has nothing on a closed day, or knows that it was closed", async () => {
    expect(["nothing", "closed"]).toContain((await (await open()).fetchDay(CLOSED_DAY, unwatched)).kind);
  });

  test("reports progress up to the number of rows", async () => {
    const reports: [number, number | null][] = [];
    const source = await open();
    const fetched = await source.fetchDay(FILE_DAY, { ...unwatched, onProgress: (done, of) => reports.push([done, of]) });
    const count = fetched.kind === "rows" ? fetched.rows.length : 0;
    expect(reports.at(-1)).toEqual([count, count]);
  });

  test("rejects with the reason of an abort, before it starts and under way", async () => {
    const reason = new Error("cancelled");
    const source = await open();
    await expect(source.fetchDay(FILE_DAY, { ...unwatched, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const abort = new AbortController();
    const fetched = source.fetchDay(FILE_DAY, { ...unwatched, signal: abort.signal });
    abort.abort(reason);
    await expect(fetched).rejects.toBe(reason);
  });
}
