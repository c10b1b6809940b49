import { describe, expect, test } from "vitest";
import { readCopyLines } from "@/server/sources/postgres/copy-lines";
import { parseEncoding } from "@/server/sources/csv/encoding";
import { readRecords } from "@/server/sources/csv/records";
import { checkCsvBytes } from "@/server/sources/csv/text";
import { openParquet } from "@/server/sources/parquet/file";
import { MAX_DAY_ROWS } from "@/server/sync/rows/most-rows";
import { FILE_DAY, refusalOf, rowsOf, sourceOf, unwatched } from "./harness";
import { parquetOf } from "./parquet";
import { sentencesOf } from "./sentences";

const MEBIBYTE = 1024 * 1024;
const { signal } = unwatched;

/** Turns of the event loop that others had while the work went on: each of them could have renewed the lease. */
async function turnsDuring(work: Promise<unknown>): Promise<number> {
  const counted = { turns: 0, isOver: false };
  const count = () => {
    if (counted.isOver) return;
    counted.turns += 1;
    setImmediate(count);
  };
  setImmediate(count);
  await work.catch(() => {});
  counted.isOver = true;
  return counted.turns;
}

/** Lines up to so many bytes. */
function linesOf(bytes: number, dress: (value: string) => string = (value) => value, padding = 0): Buffer {
  const line = `${dress("600000")},${dress("2023-01-03")},1.5,${"x".repeat(padding)}\n`;
  return Buffer.from(`code,date,close,note\n${line.repeat(Math.ceil(bytes / line.length))}`);
}

describe("a large text gives way to others", () => {
  const LARGE = 8 * MEBIBYTE;
  const options = { delimiter: ",", signal };
  const quotes = (value: string) => `"${value}"`;
  const works: [string, Buffer, (bytes: Buffer) => Promise<unknown>][] = [
    ["looked at", linesOf(LARGE), (bytes) => checkCsvBytes(bytes, "x.csv", signal)],
    ["cut into records", linesOf(LARGE), (bytes) => readRecords(bytes, options, () => {})],
    ["cut into records of long lines", linesOf(LARGE, undefined, 60_000), (bytes) => readRecords(bytes, options, () => {})],
    ["cut into records with quotes", linesOf(LARGE, quotes), (bytes) => readRecords(bytes, options, () => {})],
    ["made UTF-8 of GBK", linesOf(LARGE), (bytes) => parseEncoding("gbk")(bytes, signal)],
  ];

  test.each(works)("while it is %s: at least once a mebibyte", async (_what, bytes, work) => {
    expect(await turnsDuring(work(bytes))).toBeGreaterThanOrEqual(8);
  });

  test("a copy: never more than a few thousand rows at one go", async () => {
    const bytes = Buffer.from(`600000\t1.5\t${"x".repeat(80)}\n`.repeat(150_000));
    let [inOneGo, most] = [0, 0];
    const reading = readCopyLines(bytes, { columns: 3, signal }, () => {
      inOneGo += 1;
      most = Math.max(most, inOneGo);
    });
    let isOver = false;
    const reset = () => {
      inOneGo = 0;
      if (!isOver) setImmediate(reset);
    };
    setImmediate(reset);
    await reading;
    isOver = true;
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThan(10_000);
  });

  test("a column of a parquet: every 20,000 values", async () => {
    const rows = 90_000;
    const columns = { close: { data: Array.from({ length: rows }, () => 1.5), type: "DOUBLE" } } as const;
    const file = parquetOf(columns, { rowGroupSize: rows });
    const opened = await openParquet(file, { shown: "x", zone: "Asia/Shanghai", maxDecodedBytes: 64 * MEBIBYTE, signal });
    expect(opened.groups).toEqual([{ from: 0, to: rows }]);
    expect(await turnsDuring(opened.readColumn(0, opened.groups[0]!))).toBeGreaterThanOrEqual(4);
  });

  test("the rows of a usual day take no more than three turns", async () => {
    const bytes = Buffer.from(`600000\t1.5\t${"x".repeat(80)}\n`.repeat(5_400));
    expect(await turnsDuring(readCopyLines(bytes, { columns: 3, signal }, () => {}))).toBeLessThanOrEqual(3);
  });

  test("a copy that is aborted between two portions rejects with the reason", async () => {
    const abort = new AbortController();
    const bytes = Buffer.from("A\t1\n".repeat(500_000));
    const reading = readCopyLines(bytes, { columns: 2, signal: abort.signal }, () => {});
    abort.abort(new Error("cancelled"));
    await expect(reading).rejects.toThrow("cancelled");
  });
});

describe("what can be no table is left early:", () => {
  test.each([
    ["32 MB without a line end", "1,2,".repeat(8 * MEBIBYTE), { rule: "line_too_long", row: 1, limit: "64 kB" }],
    [
      "a quote in the second line that is never closed",
      `code,close\n"A,1\n${"B,2\n".repeat(8 * MEBIBYTE)}`,
      { rule: "unclosed_quote", row: 2 },
    ],
    [
      "more rows than any market has",
      `code,close\n${Array.from({ length: MAX_DAY_ROWS + 1 }, (_, index) => `${index},1\n`).join("")}`,
      { rule: "too_many_rows", limit: MAX_DAY_ROWS },
    ],
  ])("%s", async (_what, text, expected) => {
    const refusal = await refusalOf(sourceOf(text), FILE_DAY);
    expect(refusal).toEqual(expected);
    for (const sentence of sentencesOf(refusal)) expect(sentence).toMatch(/64 kB|2|100,000/);
  });

  test("as many rows as a day may have are read", async () => {
    const text = `code,close\n${Array.from({ length: MAX_DAY_ROWS }, (_, index) => `${index},1\n`).join("")}`;
    expect(await rowsOf(sourceOf(text), FILE_DAY)).toHaveLength(MAX_DAY_ROWS);
  });
});
