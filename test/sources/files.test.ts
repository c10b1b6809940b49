import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { type Day, eachDay } from "@/lib/contract/day";
import { calendarOf } from "@/server/calendars/registry";
import { COLUMNS } from "@/server/sync/rows/row";
import { asRows } from "@/server/sync/rows/cut-rows";
import { FILE_DAY, filesSource, folderWith, refusalOf, rowsOf, sourceOf, unwatched } from "./harness";
import { sentencesOf } from "./sentences";
import { applyRowRules } from "../support/at-once";

const OURS = `${COLUMNS.join(",")}\n600000,澄岳科技,2024-01-02,10.00,10.20,10.50,9.90,1000,10100.00,1.00,0.10,0.5,6.00\n`;

describe("a file with our own header", () => {
  const stored = Object.fromEntries(COLUMNS.map((column, index) => [column, OURS.split("\n")[1]?.split(",")[index]]));

  test.each([
    ["as it is", OURS],
    ["with CRLF", OURS.replaceAll("\n", "\r\n")],
    ["with a byte order mark", `\uFEFF${OURS}`],
    ["without a last line end", OURS.trimEnd()],
    ["with empty lines", `\n${OURS.replaceAll("\n", "\n\n")}\n\n`],
    ["with every field quoted", OURS.replaceAll(/[^,\n]+/g, '"$&"')],
    ["with blanks around the fields", OURS.replaceAll(",", " , ")],
    ["with semicolons", OURS.replaceAll(",", ";")],
    ["with semicolons behind an empty line", `\r\n${OURS.replaceAll(",", ";")}`],
    ["with tabs", OURS.replaceAll(",", "\t")],
    [
      "with more columns and another order",
      OURS.split("\n")
        .map((line) => line && `x,${line.split(",").reverse().join(",")},y`)
        .join("\n"),
    ],
  ])("%s is read to the same row", async (_, content) => {
    expect(await rowsOf(sourceOf(content), FILE_DAY)).toEqual([stored]);
  });

  test("in gzip, also of two members, is read to the same row", async () => {
    const [first = "", second = ""] = OURS.split(/(?<=\n)/);
    const twoMembers = Buffer.concat([gzipSync(first), gzipSync(second)]);
    expect(await rowsOf(sourceOf(gzipSync(OURS), { ending: "csv.gz" }), FILE_DAY)).toEqual([stored]);
    expect(await rowsOf(sourceOf(twoMembers, { ending: "csv.gz" }), FILE_DAY)).toEqual([stored]);
  });
});

describe("values", () => {
  test("null tokens count in number columns only", async () => {
    const rows = await rowsOf(
      sourceOf(
        "ticker,name,open,close,volume\nNA,None,-,1,--\nTRUE,-,NA,2,\\N\nNAN,nan,nan,3,None\nNULL,null,NULL,4,N/A\n#N/A,<NA>,<NA>,5,null\n",
      ),
      FILE_DAY,
    );
    expect(rows.map(({ stock_code, stock_name }) => [stock_code, stock_name])).toEqual([
      ["NA", "None"],
      ["TRUE", "-"],
      ["NAN", "nan"],
      ["NULL", "null"],
      ["#N/A", "<NA>"],
    ]);
    expect(rows.flatMap(({ open_price, volume }) => [open_price, volume])).toEqual(Array(10).fill(null));
  });

  test("configured null tokens replace the usual ones, an empty field is always null", async () => {
    const source = sourceOf("code,close,open,high\nA,1,-999,\nB,-,-1,NA\n", { nulls: ["-999"] });
    const [a, b] = await rowsOf(source, FILE_DAY);
    expect([a?.open_price, a?.high_price]).toEqual([null, null]);
    expect([b?.close_price, b?.open_price, b?.high_price]).toEqual(["-", "-1", "NA"]);
  });

  test("leading zeros, inner blanks and digits stay as they are", async () => {
    const [row] = await rowsOf(sourceOf("code,name,close\n000001,万 科Ａ,1.50\n"), FILE_DAY);
    expect(row).toMatchObject({ stock_code: "000001", stock_name: "万 科Ａ", close_price: "1.50" });
  });

  test("A-shares are stored as six digits, other codes as the file writes them", async () => {
    const rows = await rowsOf(sourceOf("ts_code,close\n600000.SH,1\nsz.000001,2\nBRK.B,3\n600000.XX,4\n"), FILE_DAY);
    expect(rows.map(({ stock_code }) => stock_code)).toEqual(["600000", "000001", "BRK.B", "600000.XX"]);
  });

  test.each([
    "600000.SH",
    "600000.SS",
    "sh.600000",
    "SH600000",
    "600000.XSHG",
    "XSHG.600000",
    "SHSE.600000",
    "SSE:600000",
    "'600000",
    '"=""600000"""',
    "\u3000600000",
    "\t600000",
  ])("%s is 600000, cut and read alike", async (code) => {
    const rows = `code,close\n${code},1\n`;
    expect((await rowsOf(sourceOf(rows), FILE_DAY))[0]?.stock_code).toBe("600000");
    expect((await rowsOf(sourceOf(rows, { units: "volume=100" }), FILE_DAY))[0]?.stock_code).toBe("600000");
  });

  test("an index keeps its exchange: 000001.SH is no bank, and stands beside 000001.SZ", async () => {
    const rows = await rowsOf(
      sourceOf(
        "ts_code,close\n000001.SH,3000\n000001.SZ,9\nsz.399001,9000\nsh.000300,1\nSH000016,2\n000905.XSHG,3\nSHSE.000001,4\n000001.SS,5\n",
      ),
      FILE_DAY,
    );
    expect(rows.map(({ stock_code }) => stock_code)).toEqual([
      "000001.SH",
      "000001",
      "sz.399001",
      "sh.000300",
      "SH000016",
      "000905.XSHG",
      "SHSE.000001",
      "000001.SS",
    ]);
    expect(applyRowRules(rows, FILE_DAY).rows).toHaveLength(8);
  });

  test("quoted fields may hold delimiters, quotes and line ends", async () => {
    const rows = await rowsOf(sourceOf('code,name,close\nA,"one, ""two""\nthree",1\nB,four,2\n'), FILE_DAY);
    expect(rows.map(({ stock_name }) => stock_name)).toEqual(['one, "two"\nthree', "four"]);
  });

  test("a backslash and a dot are data", async () => {
    expect((await rowsOf(sourceOf("code,close\n\\.,1\nA,2\n"), FILE_DAY)).map(({ stock_code }) => stock_code)).toEqual([
      "\\.",
      "A",
    ]);
  });
});

describe("a header that stands again among the rows", () => {
  test.each([
    ["cut", {}],
    ["read", { units: "volume=100" }],
  ])("as in files that were put together, is no row (%s)", async (_, options) => {
    const content = "code,close,open\nA,1,2\n\uFEFFcode,close,open\nB,3,4\n";
    const rows = await rowsOf(sourceOf(content, options), FILE_DAY);
    expect(rows.map(({ stock_code, close_price }) => [stock_code, close_price])).toEqual([
      ["A", "1"],
      ["B", "3"],
    ]);
  });

  test.each([
    ["in another order", "open,code,close"],
    ["with another name", "code,price,open"],
  ])("%s refuses the day: all behind it would be read wrongly", async (_, again) => {
    const rows = Array.from({ length: 300 }, (_row, index) => `${600_000 + index},1,2`).join("\n");
    const refusal = await refusalOf(sourceOf(`code,close,open\n${rows}\n${again}\nB,3,4\n`), FILE_DAY);
    expect(refusal).toEqual({ rule: "other_header", row: 302, found: again.replaceAll(",", ", ") });
    for (const sentence of sentencesOf(refusal)) expect(sentence).toContain("302");
  });

  test("is passed over on every day of a file of many", async () => {
    const days = ["2024-01-02", "2024-01-03"].map((day) => `code,date,close\nA,${day},1\n`).join("");
    const folder = folderWith({ "all.csv": days });
    expect(await rowsOf(filesSource({ url: join(folder, "all.csv") }), "2024-01-03")).toHaveLength(1);
  });
});

test("lines that end in carriage returns alone are told, for they are one line", async () => {
  expect(await refusalOf(sourceOf("code,close\rA,1\rB,2\r"), FILE_DAY)).toEqual({ rule: "line_ends" });
});

test("a header in angle brackets is no web page", async () => {
  expect(await rowsOf(sourceOf("<TICKER>,<DATE>,<CLOSE>\nAAPL,20240102,1\n"), FILE_DAY)).toHaveLength(1);
});

describe("dates in the file", () => {
  const several = "code,trade_date,close\nA,2024-01-02,1\nA,2024-01-03,2\nB,20240102,3\nB,20240103,4\n";

  test("a file of several days is filtered to the day, in either form of a date", async () => {
    const folder = folderWith({ "2024.csv": several });
    const source = filesSource({ url: join(folder, "{yyyy}.csv") });
    expect((await rowsOf(source, "2024-01-02")).map(({ close_price }) => close_price)).toEqual(["1", "3"]);
    expect((await rowsOf(source, "2024-01-03")).map(({ trade_date }) => trade_date)).toEqual(["2024-01-03", "2024-01-03"]);
    expect(await source.fetchDay("2024-01-04", unwatched)).toEqual({ kind: "nothing", barren: join(folder, "2024.csv") });
  });

  test("without a date column the file's day counts", async () => {
    expect((await rowsOf(sourceOf("code,close\nA,1\n"), FILE_DAY))[0]?.trade_date).toBe(FILE_DAY);
  });

  test("a file of several days without a date column is refused", async () => {
    const folder = folderWith({ "all.csv": "code,close\nA,1\n" });
    const source = filesSource({ url: join(folder, "all.csv") });
    expect(await refusalOf(source, FILE_DAY)).toEqual({ rule: "missing_column", field: "trade_date", found: "code, close" });
  });

  test.each([
    "20240102.0",
    "2024-1-2",
    "2024/01/02 0:00",
    "2024.01.02",
    "2024年1月2日",
    "2024-01-02 15:00",
    "2024-01-02T00:00:00.000Z",
    "2024-01-02 00:00:00+08:00",
    "2024-01-01T16:00:00Z",
    "2024-01-01 11:00:00 -0500",
  ])("%s is the second of January in Shanghai, cut and read alike", async (date) => {
    const content = `code,date,close\nA,${date},1\n`;
    expect((await rowsOf(sourceOf(content), FILE_DAY))[0]?.trade_date).toBe(FILE_DAY);
    expect((await rowsOf(sourceOf(content, { units: "volume=100" }), FILE_DAY))[0]?.trade_date).toBe(FILE_DAY);
  });

  test.each(["2024-01-02T16:00:00Z", "2024-01-03", "2024-01-03 00:00:00+00:00"])("%s is another day", async (date) => {
    expect(await sourceOf(`code,date,close\nA,${date},1\n`).fetchDay(FILE_DAY, unwatched)).toMatchObject({ kind: "nothing" });
  });

  test("a date that cannot be read is left to the row rules", async () => {
    const rows = await rowsOf(sourceOf("code,date,close\nA,02/01/2024,1\nB,2024-02-30,2\nC,,3\nD,2024-01-02,4\n"), FILE_DAY);
    expect(rows.map(({ trade_date }) => trade_date)).toEqual(["02/01/2024", "2024-02-30", null, FILE_DAY]);
  });
});

describe("where the file lies", () => {
  test("every placeholder is filled, and a file:// address is a path", async () => {
    const folder = folderWith({ "20240102-2024-01-02-2024.csv": "code,close\nA,1\n" });
    const name = "{yyyyMMdd}-{yyyy-MM-dd}-{yyyy}.csv";
    for (const url of [join(folder, name), `${pathToFileURL(folder).href}/${name}`]) {
      expect(await rowsOf(filesSource({ url }), FILE_DAY)).toHaveLength(1);
    }
  });

  test("a missing file and a missing folder mean nothing", async () => {
    const source = sourceOf("code,close\nA,1\n");
    expect(await source.fetchDay("2024-01-03", unwatched)).toMatchObject({ kind: "nothing" });
    const folder = folderWith({});
    const nowhere = filesSource({ url: join(folder, "no", "{yyyyMMdd}.csv") });
    const missing = join(folder, "no", "20240102.csv");
    expect(await nowhere.fetchDay(FILE_DAY, unwatched)).toEqual({ kind: "nothing", missing });
  });

  test("a header without rows means nothing", async () => {
    expect(await sourceOf("code,close\n").fetchDay(FILE_DAY, unwatched)).toEqual({
      kind: "nothing",
      barren: expect.stringContaining(`${FILE_DAY}.csv`),
    });
  });

  test.each<[string, string | null]>([
    ["nothing", null],
    ["an http address that is none", "https://:80:90/{yyyyMMdd}.csv"],
    ["another scheme", "s3://bucket/{yyyyMMdd}.csv"],
    ["another ending", "data/{yyyyMMdd}.xlsx"],
    ["a web address with another ending", "https://example.org/{yyyyMMdd}"],
    ["an unknown placeholder", "data/{YYYYMMDD}.csv"],
    ["an inherited name for a placeholder", "data/{constructor}.csv"],
  ])("%s is a fault of FILES_URL", (_, url) => {
    expect(() => filesSource({ url })).toThrow(/^FILES_URL: expected/);
  });

  test.each(["", ",,", '"', "\n"])("%j is no delimiter", (delimiter) => {
    expect(() => filesSource({ url: "{yyyyMMdd}.csv", delimiter })).toThrow(/^FILES_DELIMITER/);
  });
});

const realFiles = process.env["DAYFILL_REAL_FILES"];
if (!realFiles) {
  console.warn("NOT RUN: the test on real files. Set DAYFILL_REAL_FILES to a folder of S&P 500 files of 2017 (YYYY-MM-DD.csv).");
}

test.each(realFiles ? [realFiles] : [])(
  "the S&P 500 of 2017 in %s is read whole, the one odd row with a warning",
  async (folder) => {
    const sessions = calendarOf("XNYS");
    const source = filesSource({ url: join(folder, "{yyyy-MM-dd}.csv") });
    const warned: [Day, unknown][] = [];
    let [files, rowCount] = [0, 0];
    for (const day of eachDay("2017-01-01", "2017-12-31")) {
      const fetched = await source.fetchDay(day, unwatched);
      expect(fetched.kind === "rows").toBe(sessions.closedReason(day) === null);
      if (fetched.kind !== "rows") continue;
      const judged = applyRowRules(fetched.rows, day);
      expect(judged.rejected).toBe(0);
      for (const { code, params } of judged.warnings) if (code === "empty_prices") warned.push([day, params]);
      if (day === "2017-07-26") {
        const bhf = asRows(judged.rows).find(({ stock_code }) => stock_code === "BHF");
        expect(bhf).toMatchObject({ open_price: null, high_price: null, low_price: null, close_price: "69.0842", volume: "3" });
      }
      files += 1;
      rowCount += judged.rows.length;
    }
    expect([files, rowCount]).toEqual([251, 126_032]);
    expect(warned).toEqual([["2017-07-26", { count: 1, fields: "open, high, low", codes: "BHF" }]]);
  },
);
