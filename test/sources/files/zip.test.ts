import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { unzipTable } from "@/server/sources/bytes/unzip";
import { FILE_DAY, filesSource, folderWith, refusalOf, rowsOf, sourceOf, unwatched } from "../harness";
import { sentencesOf } from "../sentences";
import { zipOf } from "../../support/zip";

const CSV = "code,close\n600000,1.5\n";
const of = (archive: Buffer) => sourceOf(archive, { ending: "zip" });

describe("an archive", () => {
  test.each([
    ["with one file", zipOf({ "rows.csv": CSV })],
    [
      "with one file in a folder, beside others",
      zipOf({ "a/": "", "a/rows.CSV": CSV, "readme.md": "x", "__MACOSX/a/._rows.csv": "x" }),
    ],
    ["with several files, one of the day", zipOf({ "2024-01-01.csv": "x", [`a/${FILE_DAY}.csv`]: CSV })],
    ["with a compact date in the name", zipOf({ "20240101.csv": "x", "day_20240102.csv": CSV })],
  ])("%s gives the rows", async (_, archive) => {
    expect(await rowsOf(of(archive), FILE_DAY)).toMatchObject([{ stock_code: "600000", trade_date: FILE_DAY }]);
  });

  test("of a year with one file per day needs no date column, and a day that is not in it is nothing", async () => {
    const folder = folderWith({ "2024.zip": zipOf({ "20240102.csv": CSV, "20240103.csv": "code,close\nA,2\n" }) });
    const source = filesSource({ url: join(folder, "{yyyy}.zip") });
    expect(await rowsOf(source, "2024-01-02")).toMatchObject([{ close_price: "1.5" }]);
    expect(await rowsOf(source, "2024-01-03")).toMatchObject([{ close_price: "2", trade_date: "2024-01-03" }]);
    expect(await source.fetchDay("2024-01-04", unwatched)).toMatchObject({ kind: "nothing", barren: expect.any(String) });
  });

  test("without a table says what it holds instead", async () => {
    const refusal = await refusalOf(of(zipOf({ "a/": "", "a/2024-01-02.csv.gz": "x", "readme.md": "x" })), FILE_DAY);
    expect(refusal).toMatchObject({
      kind: "no_table_inside",
      detail: expect.stringMatching(/\(a\/2024-01-02\.csv\.gz, readme\.md\)$/),
    });
  });

  test("of a year that has begun with one file needs none either", async () => {
    const folder = folderWith({ "2024.zip": zipOf({ "20240102.csv": CSV }) });
    expect(await rowsOf(filesSource({ url: join(folder, "{yyyy}.zip") }), FILE_DAY)).toMatchObject([{ close_price: "1.5" }]);
  });

  test("of a year with one file for all days needs one", async () => {
    const folder = folderWith({ "2024.zip": zipOf({ "all.csv": CSV }) });
    const refusal = await refusalOf(filesSource({ url: join(folder, "{yyyy}.zip") }), FILE_DAY);
    expect(refusal).toMatchObject({ rule: "missing_column", field: "trade_date" });
  });
});

describe("a broken archive stores nothing:", () => {
  const sound = zipOf({ "rows.csv": CSV.repeat(500) });
  const flipped = Buffer.from(sound);
  flipped[60]! ^= 0x55;

  test.each([
    ["0 bytes", Buffer.alloc(0), "empty_file"],
    ["a web page", Buffer.from("<html>403</html>"), "html"],
    ["cut in the middle", sound.subarray(0, sound.length / 2), "truncated"],
    ["without its last byte", sound.subarray(0, -1), "truncated"],
    ["a csv under its name", Buffer.from(CSV), "unreadable"],
    ["damaged inside", flipped, "unreadable"],
    ["a wrong checksum", zipOf({ "rows.csv": { content: CSV, claims: { crc32: 1 } } }), "unreadable"],
    ["more bytes than it says", zipOf({ "rows.csv": { content: CSV, claims: { bytes: 5 } } }), "unreadable"],
    ["fewer bytes than it says", zipOf({ "rows.csv": { content: CSV, claims: { bytes: 500 } } }), "unreadable"],
    ["encrypted", zipOf({ "rows.csv": { content: CSV, encrypted: true } }), "encrypted"],
    ["no csv inside", zipOf({ "rows.xlsx": CSV }), "no_table_inside"],
    ["an empty archive", zipOf({}), "no_table_inside"],
    ["several files without a date", zipOf({ "a.csv": CSV, "b.csv": CSV }), "several_tables_inside"],
    ["two files of the day", zipOf({ "a_20240102.csv": CSV, "b_20240102.csv": CSV }), "several_tables_inside"],
    [
      "a day that says more than the cap",
      zipOf({ "rows.csv": { content: CSV, claims: { bytes: 300 * 1024 * 1024 } } }),
      "too_large",
    ],
    ["a web page inside", zipOf({ "rows.csv": "<html></html>" }), "html"],
    ["nothing inside the file inside", zipOf({ "rows.csv": "" }), "empty_file"],
  ])("%s", async (_, archive, kind) => {
    const refusal = await refusalOf(of(archive), FILE_DAY);
    expect(refusal).toMatchObject({ refusal: "broken", kind });
    for (const sentence of sentencesOf(refusal)) expect(sentence).toContain(FILE_DAY);
  });

  test("a bomb that lies about its size ends as soon as it is over what it said", async () => {
    const bomb = zipOf({ "rows.csv": { content: Buffer.alloc(64 * 1024 * 1024), claims: { bytes: 1024 } } });
    const options = { day: FILE_DAY, shown: "x.zip", signal: unwatched.signal, maxDecodedBytes: 1024 * 1024 } as const;
    await expect(unzipTable(bomb, options)).rejects.toMatchObject({ params: { kind: "unreadable" } });
  });
});
