import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSource, SOURCES } from "@/server/sources/registry";
import type { SourceConfig } from "@/server/sources/source-config";
import type { Source } from "@/server/sync/ports";
import { type FakeFilesServer, startFakeFilesServer } from "../support/fake-files-server";
import { keepsTheContract } from "./contract";
import { calendar, FILE_DAY, filesSource, folderWith, jumpingClock, NOTHING_SAID, rowsOf, sourceOf } from "./harness";
import { parquetOf } from "./parquet";
import { zipOf } from "./zip";

const CSV = "code,name,close\n600000,浦发银行,1.5\n000001,平安银行,2.5\n";
const GBK = Buffer.from(
  "636f64652c6e616d652c636c6f73650a3630303030302cc6d6b7a2d2f8d0d02c312e350a3030303030312cc6bdb0b2d2f8d0d02c322e350a",
  "hex",
);

/** A source by its name over a world of its own. */
function sourceNamed(name: string, over: Partial<SourceConfig> = {}): Source {
  const folder = folderWith({ [`${FILE_DAY}.csv`]: CSV });
  const config: SourceConfig = {
    name,
    sample: { symbols: 50, dayMs: 1_000, failDays: [], shortDays: [] },
    files: { ...NOTHING_SAID, url: join(folder, "{yyyy-MM-dd}.csv") },
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
    expect(sourceNamed(name).publishHour).toBe(name === "sample" ? 0 : 18);
    expect(sourceNamed(name, { publishHour: 17.5 }).publishHour).toBe(17.5);
  });
});

describe("the source sample", () => {
  keepsTheContract(() => sourceNamed("sample"));
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
  expect(() => sourceNamed("excel")).toThrow("SOURCE: expected one of sample, files, postgres, got excel");
});
