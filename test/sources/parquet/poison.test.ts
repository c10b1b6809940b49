import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { openParquet } from "@/server/sources/parquet/file";
import { MAX_DAY_ROWS } from "@/server/sync/rows/most-rows";
import { FILE_DAY, refusalOf, rowsOf, sourceOf, unwatched } from "../harness";
import { parquetOf, parquetWith } from "../parquet";

const MEBIBYTE = 1024 * 1024;
const ROWS = 1_000;
/** A run of 2,147,483,647 values, each of them 0, in the hybrid of run lengths. */
const ENDLESS_RUN = Buffer.from([0xfe, 0xff, 0xff, 0xff, 0x0f, 0]);
/** All of what the process may use more for a file that is refused. */
const MOST_MEMORY = 96 * MEBIBYTE;

const of = (file: Buffer) => sourceOf(file, { ending: "parquet" });
const codes = Array.from({ length: ROWS }, (_, at) => String(600_000 + at));
const prices = codes.map(() => 1.5);

/** What becomes of it, and what it took. */
async function refused(file: Buffer) {
  const before = process.memoryUsage();
  const refusal = await refusalOf(of(file), FILE_DAY);
  const after = process.memoryUsage();
  expect(after.heapTotal + after.arrayBuffers - before.heapTotal - before.arrayBuffers).toBeLessThan(MOST_MEMORY);
  return refusal;
}

/** Opens a file that may become a mebibyte, and reads its first column, or the wanted rows of it. */
async function firstColumnOf(file: Buffer, wanted?: readonly number[]) {
  const options = { shown: "x", zone: "Asia/Shanghai", maxDecodedBytes: MEBIBYTE, signal: unwatched.signal };
  const opened = await openParquet(file, options);
  return opened.readColumn(0, opened.groups[0]!, wanted);
}

describe("a run that says it has two thousand million values is refused before room is made for them:", () => {
  test("of places in a dictionary, in a packed page", async () => {
    let poisoned = 0;
    const poison = (bytes: Uint8Array) => {
      // Two names: places of one bit, which stands in front of their runs. In the dictionary itself it is the length of a text.
      if (bytes[0] !== 1 || bytes[1] === 0) return gzipSync(bytes);
      poisoned += 1;
      const page = Buffer.from(bytes);
      ENDLESS_RUN.copy(page, 1);
      return gzipSync(page);
    };
    const names = codes.map((_, at) => (at % 2 ? "A" : "B"));
    const columns = { code: { data: codes }, name: { data: names }, close: { data: prices } };
    const refusal = await refused(parquetOf(columns, { codec: "GZIP", compressors: { GZIP: poison } }));
    expect(poisoned).toBeGreaterThan(0);
    expect(refusal).toMatchObject({
      refusal: "broken",
      kind: "unreadable",
      detail: expect.stringContaining("a run of 2147483647 values where 1000 are left"),
    });
  });

  test("of marks for absent values, which are never packed", async () => {
    const file = parquetWith({ code: { data: codes, type: "BYTE_ARRAY" }, close: { data: prices, type: "DOUBLE" } });
    // All are there: one run of 1,000 ones, behind the header of the page.
    const at = file.indexOf(Buffer.from([0xd0, 0x0f, 1]));
    expect(at).toBeGreaterThan(0);
    ENDLESS_RUN.copy(file, at);
    expect(await refused(file)).toMatchObject({
      detail: expect.stringContaining("a run of 2147483647 values where 1000 are left"),
    });
  });
});

describe("a text that stands once and counts for many rows ends at the cap:", () => {
  const long = "A".repeat(2_000);

  test("in a dictionary", async () => {
    const file = parquetOf({ code: { data: codes.map(() => long), encoding: "RLE_DICTIONARY" } });
    expect(file.length).toBeLessThan(20_000);
    await expect(firstColumnOf(file)).rejects.toMatchObject({ params: { kind: "too_large", limit: "1 MiB" } });
  });

  test("as the beginning of the next one, though a single row is asked for: each of them would be made", async () => {
    const file = parquetOf({ code: { data: codes.map(() => long), encoding: "DELTA_BYTE_ARRAY" } });
    expect(file.length).toBeLessThan(20_000);
    await expect(firstColumnOf(file, [0])).rejects.toMatchObject({ params: { kind: "too_large", limit: "1 MiB" } });
  });
});

test.each(["DELTA_BYTE_ARRAY", "DELTA_LENGTH_BYTE_ARRAY", "RLE_DICTIONARY", "PLAIN"] as const)(
  "texts in %s are read, absent ones among them, packed or not",
  async (encoding) => {
    const names = codes.map((code, at) => (at % 7 === 0 ? null : `name ${code}${"x".repeat(at % 5)}`));
    for (const codec of ["SNAPPY", "UNCOMPRESSED"] as const) {
      const columns = { code: { data: codes }, name: { data: names, encoding }, close: { data: prices } };
      const rows = await rowsOf(of(parquetOf(columns, { codec })), FILE_DAY);
      expect(rows.map(({ stock_name }) => stock_name)).toEqual(names);
    }
  },
);

test("a column that says it has another number of values than the group has rows is not read", async () => {
  const file = parquetOf({ code: { data: codes }, close: { data: prices } }, { codec: "UNCOMPRESSED" });
  const footer = file.length - 8 - file.readUInt32LE(file.length - 8);
  // 1,000 in zigzag: the rows of the file, and behind them the values of its first column.
  const rows = file.indexOf(Buffer.from([0x16, 0xd0, 0x0f]), footer);
  const at = file.indexOf(Buffer.from([0x16, 0xd0, 0x0f]), rows + 1);
  file[at + 1] = 0xd2;
  expect(await refused(file)).toMatchObject({ kind: "unreadable", detail: expect.stringContaining("values of ") });
});

test("more rows than a day has are refused before a value is read, where no column tells the days apart", async () => {
  const many = Array.from({ length: MAX_DAY_ROWS + 1 }, () => 1.5);
  const columns = { code: { data: many, type: "DOUBLE" }, close: { data: many, type: "DOUBLE" } } as const;
  const file = parquetOf({ ...columns }, { codec: "UNCOMPRESSED", rowGroupSize: many.length });
  // Where it was read, it would be called unreadable.
  file.fill(0xff, 4, 64);
  expect(await refused(file)).toMatchObject({ rule: "too_many_rows", limit: MAX_DAY_ROWS });
});
