import { brotliCompressSync, gzipSync } from "node:zlib";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openParquet } from "@/server/sources/parquet/file";
import { FILE_DAY, filesSource, folderWith, refusalOf, rowsOf, sourceOf, unwatched } from "../harness";
import { parquetOf, parquetWith, type Stored, storedAsZstd } from "../parquet";
import { sentencesOf } from "../sentences";

const of = (file: Buffer, config = {}) => sourceOf(file, { ending: "parquet", ...config });
const code: Stored = { data: ["A"], type: "BYTE_ARRAY", converted_type: "UTF8" };

/** The text that a value in a number column becomes. */
async function valueOf(column: Stored, config = {}): Promise<string | null | undefined> {
  const close: Stored = { data: [1], type: "INT32" };
  return (await rowsOf(of(parquetWith({ code, close, open: column }), config), FILE_DAY))[0]?.open_price;
}

describe("numbers become the text that stands for them exactly:", () => {
  test.each<[string, Stored, string | null]>([
    ["a double", { data: [0.1], type: "DOUBLE" }, "0.1"],
    ["a double without a fraction", { data: [12_345], type: "DOUBLE" }, "12345"],
    ["a double below zero", { data: [-0], type: "DOUBLE" }, "0"],
    ["a single", { data: [10.1], type: "FLOAT" }, "10.1"],
    ["a single with many digits", { data: [1234.5677], type: "FLOAT" }, "1234.5677"],
    ["an integer", { data: [-5], type: "INT32" }, "-5"],
    ["a long one", { data: [9_007_199_254_740_993n], type: "INT64" }, "9007199254740993"],
    ["an absent value", { data: [null], type: "DOUBLE" }, null],
    ["a text", { data: ["1.50"], type: "BYTE_ARRAY", converted_type: "UTF8" }, "1.50"],
    ["a null token in a text", { data: ["--"], type: "BYTE_ARRAY", converted_type: "UTF8" }, null],
  ])("%s", async (_, column, text) => {
    expect(await valueOf(column)).toBe(text);
  });

  test.each([
    ["in 32 bits", { type: "INT32", data: [12.34] }, "12.34"],
    ["in 64 bits", { type: "INT64", data: [-0.05] }, "-0.05"],
    ["in bytes", { type: "FIXED_LEN_BYTE_ARRAY", type_length: 9, data: [-1234.5] }, "-1234.5"],
  ] as const)("a decimal %s", async (_, column, text) => {
    expect(await valueOf({ ...column, data: [...column.data], converted_type: "DECIMAL", precision: 9, scale: 2 })).toBe(text);
  });

  test("an unsigned integer beyond the signed ones", async () => {
    expect(await valueOf({ data: [4_294_967_295], type: "INT32", converted_type: "UINT_32" })).toBe("4294967295");
  });

  test("NaN is no value unless FILES_NULLS says so", async () => {
    const nan: Stored = { data: [Number.NaN], type: "DOUBLE" };
    expect(await valueOf(nan)).toBe("NaN");
    expect(await valueOf(nan, { nulls: ["NaN"] })).toBeNull();
  });
});

describe("days", () => {
  const dated = (date: Stored) =>
    of(parquetWith({ code: { ...code, data: ["A", "B"] }, close: { data: [1, 2], type: "INT32" }, date }));
  const at = (text: string) => new Date(text);

  test.each<[string, Stored]>([
    ["dates", { data: [at("2024-01-02"), at("2024-01-03")], type: "INT32", converted_type: "DATE" }],
    ["texts", { data: [FILE_DAY, "2024-01-03"], type: "BYTE_ARRAY", converted_type: "UTF8" }],
    ["numbers", { data: [20_240_102, 20_240_103], type: "INT32" }],
    ["midnights UTC", { data: [at("2024-01-02"), at("2024-01-03")], type: "INT64", converted_type: "TIMESTAMP_MILLIS" }],
    // 15:00 and 01:00 in Shanghai.
    ["instants", { data: [at("2024-01-02T07:00Z"), at("2024-01-02T17:00Z")], type: "INT64", converted_type: "TIMESTAMP_MICROS" }],
    [
      "clock readings without a zone",
      {
        data: [at("2024-01-02T23:59Z"), at("2024-01-03T00:01Z")],
        type: "INT64",
        logical_type: { type: "TIMESTAMP", isAdjustedToUTC: false, unit: "MILLIS" },
      },
    ],
  ])("as %s pick the rows", async (_, date) => {
    const rows = await rowsOf(dated(date), FILE_DAY);
    expect(rows.map(({ stock_code, trade_date }) => [stock_code, trade_date])).toEqual([["A", FILE_DAY]]);
  });

  test("at midnight UTC are that date west of Greenwich too, other instants are read on the exchange's clock", async () => {
    const data = [at("2024-01-02"), at("2024-01-02T00:00:01Z"), at("2024-01-02T21:00Z")];
    const file = parquetWith({ date: { data, type: "INT64", converted_type: "TIMESTAMP_MILLIS" } });
    const opened = await openParquet(file, {
      shown: "x",
      zone: "America/New_York",
      maxDecodedBytes: 1_000_000,
      signal: unwatched.signal,
    });
    expect(await opened.readColumn(0, opened.groups[0]!)).toEqual(["2024-01-02", "2024-01-01", "2024-01-02"]);
  });

  test("of a file for several days are looked at first, group by group", async () => {
    const count = 2_500;
    const file = parquetOf(
      {
        code: { data: Array.from({ length: count }, (_, index) => String(100_000 + index)), type: "STRING" },
        date: { data: Array.from({ length: count }, (_, index) => `2024-01-0${2 + Math.floor(index / 1_000)}`), type: "STRING" },
        close: { data: Array.from({ length: count }, (_, index) => index + 0.5), type: "DOUBLE" },
      },
      { rowGroupSize: 500 },
    );
    const source = filesSource({ url: join(folderWith({ "all.parquet": file }), "all.parquet") });
    expect(await rowsOf(source, "2024-01-02")).toHaveLength(1_000);
    const last = await rowsOf(source, "2024-01-04");
    expect([last.length, last[0]?.stock_code, last[0]?.close_price]).toEqual([500, "102000", "2000.5"]);
    expect(await source.fetchDay("2024-01-05", unwatched)).toMatchObject({ kind: "nothing", barren: expect.any(String) });
  });
});

test("columns are found by name, and units hold here too", async () => {
  const file = parquetOf({
    x: { data: [1] },
    px: { data: [2.5], type: "DOUBLE" },
    sym: { data: ["A"] },
    lots: { data: [1.5], type: "DOUBLE" },
  });
  const source = of(file, { columns: "stock_code=sym,close_price=px,volume=lots", units: "volume=100" });
  expect(await rowsOf(source, FILE_DAY)).toMatchObject([{ stock_code: "A", close_price: "2.5", volume: "150" }]);
  expect(await refusalOf(of(file), FILE_DAY)).toMatchObject({ rule: "missing_column", found: "x, px, sym, lots" });
});

describe("codecs", () => {
  const codes = Array.from({ length: 3_000 }, (_, index) => `${600_000 + index}`);
  const columns = { code: { data: codes, type: "STRING" }, close: { data: codes.map(Number), type: "DOUBLE" } } as const;
  const compressors = {
    GZIP: (bytes: Uint8Array) => gzipSync(bytes),
    BROTLI: (bytes: Uint8Array) => brotliCompressSync(bytes),
    ZSTD: storedAsZstd,
  };

  test.each(["UNCOMPRESSED", "SNAPPY", "GZIP", "BROTLI", "ZSTD"] as const)("%s is read", async (codec) => {
    const rows = await rowsOf(of(parquetOf({ ...columns }, { codec, compressors })), FILE_DAY);
    expect(rows.map(({ stock_code }) => stock_code)).toEqual(codes);
  });

  test.each(["SNAPPY", "GZIP"] as const)("a bomb in %s ends at the cap", async (codec) => {
    const file = parquetOf({ code: { data: ["A".repeat(3_000_000)] }, close: { data: [1] } }, { codec, compressors });
    const options = { shown: "x.parquet", zone: "Asia/Shanghai", maxDecodedBytes: 1024 * 1024, signal: unwatched.signal };
    const opened = await openParquet(file, options);
    await expect(opened.readColumn(0, opened.groups[0]!)).rejects.toMatchObject({
      params: { kind: "too_large", limit: "1 MiB" },
    });
  });
});

describe("a broken file stores nothing:", () => {
  const sound = parquetOf({ code: { data: ["A", "B"] }, close: { data: [1.5, 2.5], type: "DOUBLE" } });
  const damaged = Buffer.from(sound);
  damaged.fill(0xff, 4, 20);
  const lost = Buffer.from(sound);
  lost.writeUInt32LE(0xffff_ffff, lost.length - 8);

  test.each([
    ["0 bytes", Buffer.alloc(0), "empty_file"],
    ["a web page", Buffer.from("<html></html>"), "html"],
    ["cut in the middle", sound.subarray(0, sound.length >> 1), "truncated"],
    ["without its last byte", sound.subarray(0, -1), "truncated"],
    ["a csv under its name", Buffer.from("code,close\nA,1\n"), "unreadable"],
    ["damaged inside", damaged, "unreadable"],
    ["contents that cannot be found", lost, "unreadable"],
    ["encrypted", Buffer.concat([Buffer.from("PARE"), sound.subarray(4)]), "encrypted"],
  ])("%s", async (_, file, kind) => {
    const refusal = await refusalOf(of(file), FILE_DAY);
    expect(refusal).toMatchObject({ refusal: "broken", kind });
    for (const sentence of sentencesOf(refusal)) expect(sentence).toContain(FILE_DAY);
  });

  test("pages that say they hold more values than the group has rows", async () => {
    const rows = 3_000;
    const columns = {
      code: { data: Array.from({ length: rows }, (_, at) => `${at}`) },
      close: { data: Array.from({ length: rows }, () => 1) },
    };
    const file = parquetOf(columns, { codec: "UNCOMPRESSED" });
    // The first group of the writer has 1,000 rows, and so has its page, in zigzag: behind the mark of the first field of the header of such data.
    const at = file.indexOf(Buffer.from([0x5c, 0x15, 0xd0, 0x0f]));
    expect(at).toBeGreaterThan(0);
    file[at + 3] = 0x7f;
    expect(await refusalOf(of(file), FILE_DAY)).toMatchObject({
      kind: "unreadable",
      detail: expect.stringContaining("a page of 8168 values where 1000 rows are left"),
    });
  });

  test("a text that is no UTF-8", async () => {
    const file = parquetWith({
      code: { data: [Buffer.from([0x41, 0xff])], type: "BYTE_ARRAY" },
      close: { data: [1], type: "INT32" },
    });
    const refusal = await refusalOf(of(file), FILE_DAY);
    expect(refusal).toMatchObject({ rule: "not_in_encoding", encoding: "UTF-8" });
    expect(sentencesOf(refusal)[0]).toBe("A value is not valid UTF-8");
  });

  test("a column of a type that is no value", async () => {
    const file = parquetWith({
      code,
      close: { data: [Buffer.alloc(16)], type: "FIXED_LEN_BYTE_ARRAY", type_length: 16, logical_type: { type: "UUID" } },
    });
    expect(await refusalOf(of(file), FILE_DAY)).toMatchObject({ kind: "unreadable", detail: expect.stringContaining("close") });
  });
});
