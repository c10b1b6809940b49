import { utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SourceConfigError } from "@/server/sources/source-config";
import { filesSource, folderWith, refusalOf, rowsOf } from "../harness";
import { sentencesOf } from "../sentences";

function faultOf(periods: unknown, text?: string): string {
  const folder = folderWith({ "periods.json": text ?? JSON.stringify(periods) });
  try {
    filesSource({ periods: join(folder, "periods.json") });
  } catch (error) {
    if (error instanceof SourceConfigError) return error.message;
    throw error;
  }
  return "";
}

test("each day is read as its period says, what it does not say as the variables say", async () => {
  const folder = folderWith({
    "2009-12-31.csv": "code,close,vol\nA,1,1\n",
    "old_20100104.csv": "Sym;Last;Lots\nA;2;-9\n",
    "2020-01-02.csv": "code,close,vol\nA,3,3\n",
  });
  writeFileSync(
    join(folder, "periods.json"),
    JSON.stringify({
      "2020-01-01": { units: "volume=10" },
      "2010-01-01": {
        url: join(folder, "old_{yyyyMMdd}.csv"),
        columns: { stock_code: "Sym", close_price: "Last", volume: "Lots" },
        units: { volume: 100 },
        delimiter: ";",
        nulls: ["-9"],
        encoding: "gbk",
      },
    }),
  );
  const source = filesSource({ url: join(folder, "{yyyy-MM-dd}.csv"), periods: join(folder, "periods.json") });
  expect(await rowsOf(source, "2009-12-31")).toMatchObject([{ close_price: "1", volume: "1" }]);
  expect(await rowsOf(source, "2010-01-04")).toMatchObject([{ close_price: "2", volume: null }]);
  expect(await rowsOf(source, "2020-01-02")).toMatchObject([{ close_price: "3", volume: "30" }]);
});

test("a day before the first period, without FILES_URL, is refused in words and not tried again", async () => {
  const folder = folderWith({ "periods.json": JSON.stringify({ "2010-01-01": { url: "{yyyyMMdd}.csv" } }) });
  const refusal = await refusalOf(filesSource({ periods: join(folder, "periods.json") }), "2009-12-31");
  expect(refusal).toMatchObject({ kind: "misconfigured", variable: "FILES_PERIODS" });
  expect(sentencesOf(refusal)[0]).toContain("no period begins on or before 2009-12-31");
});

test("all faults are named at once, each with its period", () => {
  const fault = faultOf({
    "2010-13-01": {},
    "2011-01-01": { url: "x.pdf", units: { volume: 0 }, colums: "a=b" },
    "2012-01-01": { url: "{yyyyMMdd}.csv", nulls: "-", columns: "stock_code=a" },
    "2013-01-01": "x.csv",
  });
  expect(fault.split("\n")).toEqual([
    expect.stringMatching(/^FILES_PERIODS: expected dates like 2010-01-01 as keys in .*, got "2010-13-01"$/),
    expect.stringMatching(/period 2011-01-01: expected url, columns, .*, got the key "colums"$/),
    expect.stringMatching(/period 2011-01-01: url: expected a name that ends in .csv/),
    expect.stringMatching(/period 2011-01-01: units: expected pairs like volume=100/),
    expect.stringMatching(/period 2012-01-01: nulls: expected a list of texts, got "-"$/),
    expect.stringMatching(/period 2012-01-01: columns: expected stock_code and close_price, close_price is missing$/),
    expect.stringMatching(/period 2013-01-01: expected an object with url, .*, got "x.csv"$/),
  ]);
});

test.each([
  ["no JSON", "{", /cannot be read/],
  ["a list", "[]", /expected an object/],
  ["no period", "{}", /expected at least one date/],
])("a file with %s is a fault", (_, text, words) => {
  expect(faultOf(null, text)).toMatch(words);
});

test("a date that stands twice is a fault, for only one of the two could count", () => {
  const fault = faultOf(null, '{"2010-01-01": {"url": "a{yyyyMMdd}.csv"}, "2010-01\\u002d01": {"url": "b{yyyyMMdd}.csv"}}');
  expect(fault).toMatch(/^FILES_PERIODS: .*expected each date once, got "2010-01-01" twice; put what both say into one/);
});

test("so is a key that stands twice in a period, beside the other faults", () => {
  const fault = faultOf(null, '{"2010-01-01": {"url": "a{yyyyMMdd}.csv", "url": "b{yyyyMMdd}.csv"}, "2010-02-30": {}}');
  expect(fault.split("\n")).toEqual([
    expect.stringMatching(/periods.json, period 2010-01-01: expected each key once, got "url" twice/),
    expect.stringMatching(/expected dates like 2010-01-01 as keys in .*, got "2010-02-30"$/),
  ]);
});

test("the same key in two periods, and braces in a text, are none", () => {
  const of = (url: string) => `{"url": "${url}", "units": {"volume": 100}, "nulls": ["-", "-", "\\"{,"]}`;
  expect(faultOf(null, `{"2010-01-01": ${of("a{yyyyMMdd}.csv")}, "2011-01-01": ${of("{yyyyMMdd}:{yyyy}.csv")}}`)).toBe("");
});

test("a period without url needs FILES_URL, and the words name the period", () => {
  expect(faultOf({ "2010-01-01": { units: { volume: 100 } } })).toMatch(
    /period 2010-01-01: url: expected a path like data\/\{yyyy-MM-dd\}.csv, got nothing/,
  );
});

test("a byte order mark in front, as some editors write it, is no fault", () => {
  expect(faultOf(null, '\uFEFF{"2010-01-01": {"url": "{yyyyMMdd}.csv"}}')).toBe("");
});

test("a file that is not there is a fault", () => {
  expect(() => filesSource({ periods: join(folderWith({}), "none.json") })).toThrow(/^FILES_PERIODS: .*ENOENT/);
});

test("a local file of several days is read again as soon as it changes", async () => {
  const folder = folderWith({ "all.csv": "code,date,close\nA,2024-01-02,1\n" });
  const path = join(folder, "all.csv");
  const source = filesSource({ url: path });
  expect(await rowsOf(source, "2024-01-02")).toMatchObject([{ close_price: "1" }]);
  writeFileSync(path, "code,date,close\nA,2024-01-02,2\n");
  utimesSync(path, 1_700_000_000, 1_700_000_000);
  expect(await rowsOf(source, "2024-01-02")).toMatchObject([{ close_price: "2" }]);
});
