import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { createFileReader } from "@/server/sources/files/reader";
import { parseFileTemplate } from "@/server/sources/files/template";
import { SourceError } from "@/server/sync/errors";
import { FILE_DAY, filesSource, folderWith, jumpingClock, refusalOf, rowsOf, sourceOf, unwatched } from "../harness";
import { sentencesOf } from "../sentences";

const GOOD = `code,close\n${Array.from({ length: 3_000 }, (_, index) => `${100_000 + index},${index}.5`).join("\n")}\n`;
const inGzip = { ending: "csv.gz" };

describe("a broken file", () => {
  const zipped = gzipSync(GOOD);
  const flipped = Buffer.from(zipped);
  flipped[flipped.length - 6]! ^= 1;

  test.each([
    ["0 bytes", "", {}, "empty_file"],
    ["blank lines only", "\n \r\n\n", {}, "empty_file"],
    ["a lone byte order mark", "\uFEFF", {}, "empty_file"],
    ["0 bytes under the name of a gzip", "", inGzip, "empty_file"],
    ["a gzip of nothing", gzipSync(""), inGzip, "empty_file"],
    ["a web page", "<!doctype html><html>404</html>", {}, "html"],
    ["a web page after blank lines", "\r\n\n  <HTML>", {}, "html"],
    ["a web page under the name of a gzip", "<html>502 Bad Gateway</html>", inGzip, "html"],
    ["a gzip of a web page", gzipSync("<html></html>"), inGzip, "html"],
    ["a gzip cut in the middle", zipped.subarray(0, zipped.length / 2), inGzip, "truncated"],
    ["a gzip without its last byte", zipped.subarray(0, -1), inGzip, "truncated"],
    ["a gzip without its trailer", zipped.subarray(0, -8), inGzip, "truncated"],
    ["a gzip with a wrong checksum", flipped, inGzip, "unreadable"],
    ["a gzip with bytes behind its end", Buffer.concat([zipped, Buffer.from("more")]), inGzip, "unreadable"],
    ["a gzip under the name of a csv", zipped, {}, "other_form"],
    ["a gzip under the name of a csv in GBK", zipped, { encoding: "gbk" }, "other_form"],
    ["a gzip in a gzip", gzipSync(zipped), inGzip, "other_form"],
    ["a zip archive under the name of a csv", "PK\x03\x04\x14\0\0\0", {}, "other_form"],
    ["a zip archive under the name of a gzip", "PK\x03\x04\x14\0\0\0", inGzip, "other_form"],
    ["a gzip under the name of a zip archive", zipped, { ending: "zip" }, "other_form"],
    ["a gzip under the name of a parquet file", zipped, { ending: "parquet" }, "other_form"],
    ["a parquet file under the name of a csv", "PAR1\x15\x04PAR1", {}, "other_form"],
    ["an Excel workbook under the name of a csv", "PK\x03\x04\x14\0\x06\0\x08\0[Content_Types].xml", {}, "other_form"],
    ["an old Excel workbook under the name of a csv", Buffer.from("d0cf11e0a1b11ae1", "hex"), {}, "other_form"],
    ["a csv under the name of a gzip", GOOD, inGzip, "unreadable"],
  ])("%s stores nothing", async (_, content, options, kind) => {
    expect(await refusalOf(sourceOf(content, options), FILE_DAY)).toMatchObject({
      refusal: "broken",
      kind,
      detail: expect.stringContaining(FILE_DAY),
    });
  });

  test("a header that begins as a parquet file does is a header", async () => {
    expect(await rowsOf(sourceOf("PARENT,code,close\nx,600000,1\n"), FILE_DAY)).toHaveLength(1);
  });

  test("what came instead is named with what to do, in both languages", async () => {
    const workbook = sentencesOf(await refusalOf(sourceOf("PK\x03\x04[Content_Types].xml"), FILE_DAY));
    expect(workbook[0]).toMatch(/^An Excel workbook came where CSV was expected: .*\.csv\. Save it as CSV in UTF-8$/);
    expect(workbook[1]).toMatch(/^应为 CSV，实际是 Excel 工作簿：.*请另存为 UTF-8 的 CSV 文件$/);
    const packed = sentencesOf(await refusalOf(sourceOf(zipped), FILE_DAY));
    expect(packed[0]).toMatch(/^A gzip file came where CSV was expected: .*FILES_URL says how a file is packed/);
    expect(packed[1]).toMatch(/^应为 CSV，实际是 gzip 文件：.*FILES_URL 的结尾/);
  });

  test("a folder under the name of the file is unreadable", async () => {
    const folder = folderWith({});
    mkdirSync(join(folder, `${FILE_DAY}.csv`));
    const source = filesSource({ url: join(folder, "{yyyy-MM-dd}.csv") });
    expect(await refusalOf(source, FILE_DAY)).toMatchObject({ refusal: "broken", kind: "unreadable" });
  });

  test("a file that somebody goes on writing is not taken for a whole one", async () => {
    const folder = folderWith({ [`${FILE_DAY}.csv`]: GOOD.repeat(600) });
    const path = join(folder, `${FILE_DAY}.csv`);
    const writing = { isOver: false };
    const write = () => {
      if (writing.isOver) return;
      appendFileSync(path, "1,1\n");
      setImmediate(write);
    };
    write();
    const refusal = await refusalOf(filesSource({ url: join(folder, "{yyyy-MM-dd}.csv") }), FILE_DAY);
    writing.isOver = true;
    expect(refusal).toMatchObject({ kind: "unreadable", detail: `${path} (it changed while it was read)` });
  });

  test("a gzip bomb ends at the cap, and a plain file over it is not read", async () => {
    const folder = folderWith({
      "bomb.csv.gz": gzipSync(Buffer.alloc(8 * 1024 * 1024)),
      "plain.csv": Buffer.alloc(3 * 1024 * 1024),
    });
    const reader = createFileReader({ clock: jumpingClock(), addresses: [], maxBytes: 2 * 1024 * 1024 });
    for (const name of ["bomb.csv.gz", "plain.csv"]) {
      const template = parseFileTemplate(join(folder, name));
      const refusal = await reader.read(template.locate(FILE_DAY), template, unwatched.signal).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(SourceError);
      expect(refusal).toMatchObject({ refusal: "broken", params: { kind: "too_large", limit: "2 MiB" } });
    }
  });
});

describe("rows that fail the file", () => {
  const line = (count: number) => `A,${"x".repeat(count - 2)}`;

  test.each([
    ["bad UTF-8", Buffer.from("code,close\nA,1\nB\xff,2\n", "latin1"), { rule: "bad_encoding", row: 3 }],
    ["UTF-16", Buffer.from("\uFEFFcode,close\nA,1\n", "utf16le"), { rule: "utf_16" }],
    ["UTF-16 without its mark", Buffer.from("code,close\nA,1\n", "utf16le"), { rule: "utf_16" }],
    ["UTF-16 the other way round", Buffer.from("code,close\nA,1\n", "utf16le").swap16(), { rule: "utf_16" }],
    [
      "a line with a field too few",
      "code,close,open\nA,1,2\nB,1\nC,1,2\n",
      { rule: "column_count", row: 3, got: 2, expected: 3 },
    ],
    ["a line with a field too many", "code,close\n\nA,1\nB,1,2\n", { rule: "column_count", row: 4, got: 3, expected: 2 }],
    [
      "a quoted line with a field too many",
      'code,close\n"A\nA",1\nB,1,2\n',
      { rule: "column_count", row: 4, got: 3, expected: 2 },
    ],
    ["an unclosed quote", 'code,close\nA,1\nB,"2\nC,3\nD,4\n', { rule: "unclosed_quote", row: 3 }],
    ["a quote inside a field", 'code,close\nA,1\nB"B,2\n', { rule: "stray_quote", row: 3 }],
    ["text behind a closing quote", 'code,close\n"A"A,1\n', { rule: "stray_quote", row: 2 }],
    ["a line over 64 kB", `code,close\n${line(64 * 1024 + 1)}\n`, { rule: "line_too_long", row: 2, limit: "64 kB" }],
    ["a file without line ends", "A,1,".repeat(20_000), { rule: "line_too_long", row: 1, limit: "64 kB" }],
    [
      "no column for the code",
      "date,close\n2024-01-02,1\n",
      { rule: "missing_column", field: "stock_code", found: "date, close" },
    ],
    ["no column for the close", "code,open\nA,1\n", { rule: "missing_column", field: "close_price", found: "code, open" }],
  ])("%s", async (_, content, expected) => {
    expect(await refusalOf(sourceOf(content), FILE_DAY)).toEqual(expected);
  });

  test("a line of exactly 64 kB is read", async () => {
    expect(await rowsOf(sourceOf(`code,close\n${line(64 * 1024)}\n`), FILE_DAY)).toHaveLength(1);
  });

  test("a mapped column that is not there is named with what was found", async () => {
    const source = sourceOf("code,close\nA,1\n", { columns: "stock_code=code,close_price=last" });
    expect(await refusalOf(source, FILE_DAY)).toEqual({
      rule: "missing_column",
      field: "close_price=last",
      found: "code, close",
    });
  });
});

describe("an abort", () => {
  test("before the first byte rejects with its reason", async () => {
    const reason = new Error("cancelled");
    const fetched = sourceOf(GOOD).fetchDay(FILE_DAY, { ...unwatched, signal: AbortSignal.abort(reason) });
    await expect(fetched).rejects.toBe(reason);
  });

  test.each([
    ["plain", (text: string) => text],
    ["quoted", (text: string) => text.replaceAll(/^[^,\n]+/gm, '"$&"')],
  ])("between two portions of a large %s file rejects with its reason", async (_, dress) => {
    const reason = new Error("cancelled");
    const abort = new AbortController();
    const large = `code,close\n${Array.from({ length: 60_000 }, (_, index) => `${index},1`).join("\n")}\n`;
    const reports: number[] = [];
    const onProgress = (done: number) => {
      reports.push(done);
      abort.abort(reason);
    };
    await expect(sourceOf(dress(large)).fetchDay(FILE_DAY, { signal: abort.signal, onProgress })).rejects.toBe(reason);
    expect(reports).toHaveLength(1);
  });
});
