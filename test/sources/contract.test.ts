import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSource, SOURCES } from "@/server/sources/registry";
import type { SourceConfig } from "@/server/sources/source-config";
import type { Source } from "@/server/sync/ports";
import { applyRowRules } from "@/server/sync/row-rules";
import { type FakeBaostock, startFakeBaostock } from "../support/fake-baostock";
import { type FakeMassive, MASSIVE_KEY, massiveDay, startFakeMassive } from "../support/fake-massive";
import { type FakeTushare, startFakeTushare, TUSHARE_TOKEN, tushareDay } from "../support/fake-tushare";
import { calendar, FILE_DAY, folderWith, jumpingClock, rowsOf, unwatched } from "./harness";

const CLOSED_DAY = "2024-01-01";

const PUBLISH_HOURS: Record<string, number> = { sample: 0, files: 18, tushare: 17, massive: 20.5, baostock: 18 };

let tushare: FakeTushare;
let massive: FakeMassive;
let baostock: FakeBaostock;
beforeAll(async () => {
  baostock = await startFakeBaostock({ stocks: 12, holidays: [CLOSED_DAY] });
  tushare = await startFakeTushare({ days: { [FILE_DAY]: tushareDay(FILE_DAY, 50) } });
  massive = await startFakeMassive({ days: { [FILE_DAY]: massiveDay(FILE_DAY, 50) } });
});
afterAll(async () => {
  await Promise.all([tushare.close(), massive.close(), baostock.close()]);
});

/** A source by its name over a world of its own in which FILE_DAY has rows and CLOSED_DAY has none. */
function sourceNamed(name: string, over: Partial<SourceConfig> = {}): Source {
  const folder = folderWith({ [`${FILE_DAY}.csv`]: "code,close\n600000,1.5\n000001,2.5\n" });
  const config: SourceConfig = {
    name,
    sample: { symbols: 50, dayMs: 1_000, failDays: [], shortDays: [] },
    files: { url: join(folder, "{yyyy-MM-dd}.csv"), columns: null, delimiter: null, nulls: null },
    tushare: { token: TUSHARE_TOKEN, url: tushare.url },
    massive: { key: MASSIVE_KEY, url: massive.url },
    baostock: { host: baostock.host, port: baostock.port },
    publishHour: null,
    ...over,
  };
  return createSource(config, { calendar, clock: jumpingClock() });
}

describe.each(SOURCES.map(({ name }) => name))("the source %s", (name) => {
  test("bears its name, and an hour from which a day must be there", () => {
    expect(sourceNamed(name).name).toBe(name);
    expect(sourceNamed(name).publishHour).toBe(PUBLISH_HOURS[name]);
    expect(sourceNamed(name, { publishHour: 17.5 }).publishHour).toBe(17.5);
  });

  test("gives the same rows for the same day", async () => {
    const source = sourceNamed(name);
    expect(await rowsOf(source, FILE_DAY)).toEqual(await rowsOf(source, FILE_DAY));
  });

  test("gives rows that pass the row rules whole", async () => {
    const rows = await rowsOf(sourceNamed(name), FILE_DAY);
    expect(applyRowRules(rows, FILE_DAY)).toMatchObject({ rows, rejected: 0 });
  });

  test("has nothing on a closed day, or knows that it was closed", async () => {
    expect(["nothing", "closed"]).toContain((await sourceNamed(name).fetchDay(CLOSED_DAY, unwatched)).kind);
  });

  test("reports progress up to the number of rows", async () => {
    const reports: [number, number | null][] = [];
    const source = sourceNamed(name);
    const fetched = await source.fetchDay(FILE_DAY, { ...unwatched, onProgress: (done, of) => reports.push([done, of]) });
    const count = fetched.kind === "rows" ? fetched.rows.length : 0;
    expect(reports.at(-1)).toEqual([count, count]);
  });

  test("rejects with the reason of an abort, before it starts and under way", async () => {
    const reason = new Error("cancelled");
    const source = sourceNamed(name);
    await expect(source.fetchDay(FILE_DAY, { ...unwatched, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const abort = new AbortController();
    const fetched = source.fetchDay(FILE_DAY, { ...unwatched, signal: abort.signal });
    abort.abort(reason);
    await expect(fetched).rejects.toBe(reason);
  });
});

test("an unknown source is a fault of the configuration that names the known ones", () => {
  expect(() => sourceNamed("excel")).toThrow("SOURCE: expected one of sample, files, tushare, massive, baostock, got excel");
});
