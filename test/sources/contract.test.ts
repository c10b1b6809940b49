import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSource, SOURCES } from "@/server/sources/registry";
import type { SourceConfig } from "@/server/sources/source-config";
import type { Source } from "@/server/sync/source-ports";
import { type FakeBaostock, startFakeBaostock } from "../support/fake-baostock";
import { type FakeFilesServer, startFakeFilesServer } from "../support/fake-files-server";
import { type FakeMassive, MASSIVE_KEY, massiveDay, startFakeMassive } from "../support/fake-massive";
import { type FakeTushare, startFakeTushare, TUSHARE_TOKEN, tushareDay } from "../support/fake-tushare";
import { CLOSED_DAY, keepsTheContract } from "./contract";
import { calendar, FILE_DAY, filesSource, folderWith, jumpingClock, NOTHING_SAID, rowsOf, sourceOf } from "./harness";
import { parquetOf } from "./parquet";
import { zipOf } from "../support/zip";

const CSV = "code,name,close\n600000,浦发银行,1.5\n000001,平安银行,2.5\n";
const GBK = Buffer.from(
  "636f64652c6e616d652c636c6f73650a3630303030302cc6d6b7a2d2f8d0d02c312e350a3030303030312cc6bdb0b2d2f8d0d02c322e350a",
  "hex",
);

const PUBLISH_HOURS: Record<string, number> = { sample: 0, files: 18, tushare: 17, massive: 20.5, baostock: 18, postgres: 18 };

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
  const folder = folderWith({ [`${FILE_DAY}.csv`]: CSV });
  const config: SourceConfig = {
    name,
    sample: { symbols: 50, dayMs: 1_000, failDays: [], shortDays: [] },
    files: { ...NOTHING_SAID, url: join(folder, "{yyyy-MM-dd}.csv") },
    tushare: { token: TUSHARE_TOKEN, url: tushare.url },
    massive: { key: MASSIVE_KEY, url: massive.url },
    baostock: { host: baostock.host, port: baostock.port },
    postgres: { url: null, table: null, columns: null },
    publishHour: null,
    ...over,
  };
  // What it reads is told in contract.pg.test.ts, with a real one.
  const foreignTable = { readDay: () => Promise.reject(new Error("no table")), close: async () => {} };
  return createSource(config, { calendar, clock: jumpingClock(), foreignTable });
}

describe.each(SOURCES.map(({ name }) => name))("the source %s", (name) => {
  test("bears its name, and an hour from which a day must be there", () => {
    expect(sourceNamed(name).name).toBe(name);
    expect(sourceNamed(name).publishHour).toBe(PUBLISH_HOURS[name]);
    expect(sourceNamed(name, { publishHour: 17.5 }).publishHour).toBe(17.5);
  });
});

// The files come in many packings below; the other PostgreSQL is a real one, in postgres.pg.test.ts.
describe.each(["sample", "tushare", "massive", "baostock"])("the source %s", (name) => {
  keepsTheContract(() => sourceNamed(name));
});

describe("the source files", () => {
  let server: FakeFilesServer;
  beforeAll(async () => {
    server = await startFakeFilesServer();
  });
  afterAll(() => server.close());

  const parquet = () =>
    parquetOf({
      code: { data: ["600000", "000001"], type: "STRING" },
      name: { data: ["浦发银行", "平安银行"], type: "STRING" },
      close: { data: [1.5, 2.5], type: "DOUBLE" },
    });
  const served = (ending: string, content: string | Uint8Array) => {
    server.files.set(`/${FILE_DAY}.${ending}`, content);
    return filesSource({ url: `${server.url}/{yyyy-MM-dd}.${ending}` });
  };
  const ways: [string, () => Source][] = [
    ["of csv", () => sourceOf(CSV)],
    ["of csv in GBK", () => sourceOf(GBK, { encoding: "gbk" })],
    ["of gzip", () => sourceOf(gzipSync(CSV), { ending: "csv.gz" })],
    ["of zip", () => sourceOf(zipOf({ "rows.csv": CSV }), { ending: "zip" })],
    ["of parquet", () => sourceOf(parquet(), { ending: "parquet" })],
    ["of csv over http", () => served("csv", CSV)],
    ["of gzip over http", () => served("csv.gz", gzipSync(CSV))],
    ["of zip over http", () => served("zip", zipOf({ "rows.csv": CSV }))],
    ["of parquet over http", () => served("parquet", parquet())],
  ];

  describe.each(ways)("%s", (_, open) => {
    keepsTheContract(open);
  });

  test("gives the same rows whichever way they come", async () => {
    const [first, ...others] = await Promise.all(ways.map(([, open]) => rowsOf(open(), FILE_DAY)));
    expect(first?.map(({ stock_name }) => stock_name)).toEqual(["浦发银行", "平安银行"]);
    for (const rows of others) expect(rows).toEqual(first);
  });
});

test("an unknown source is a fault of the configuration that names the known ones", () => {
  const known = "sample, files, tushare, massive, baostock, postgres";
  expect(() => sourceNamed("excel")).toThrow(`SOURCE: expected one of ${known}, got excel`);
});
