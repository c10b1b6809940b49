import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Day } from "@/lib/contract/day";
import { cutCsvRows, readCsvRows, readRowObjects } from "@/server/sources/csv/table";
import { parseLayout } from "@/server/sources/files/layout";
import { PORTION_BYTES } from "@/server/sources/bytes/portions";
import { BadRowsError } from "@/server/sync/errors";
import { asRows, type Rows, isCut } from "@/server/sync/rows/cut-rows";
import type { ExchangeRules } from "@/server/sync/rows/row-rules";
import { createPlainTest } from "@/server/sync/rows/plain-rows";
import { COLUMNS } from "@/server/sync/rows/row";
import { FILE_DAY, unwatched } from "../harness";
import { applyRowRules, encodeDay } from "../../support/at-once";

const NULLS = ["-", "NA", "0", "无"];
const reading = { ...unwatched, shown: "the file", needsDate: false, zone: "Asia/Shanghai" };

function layoutWith(nulls: string[] | null, columns: string | null = null) {
  const settings = { url: "/{yyyy-MM-dd}.csv", columns, delimiter: null, nulls, encoding: null, units: null };
  const layout = parseLayout(settings, (fault) => {
    throw fault;
  });
  if (!layout) throw new Error("no layout");
  return layout;
}

const layouts = { usual: layoutWith(null), own: layoutWith(NULLS) };

const cut = (text: string, delimiter = ",", layout = layouts.usual) =>
  cutCsvRows(Buffer.from(text), delimiter, layout, FILE_DAY, reading);
const read = (text: string, delimiter = ",", layout = layouts.usual) =>
  readRowObjects(Buffer.from(text), delimiter, layout, FILE_DAY, reading);

/** What becomes of a day's rows, or the words that refuse it. */
function storedAs(rows: Rows, day: Day, nameRequired: boolean, exchange: ExchangeRules) {
  try {
    const judged = applyRowRules(rows, day, exchange);
    const { body, checksum } = encodeDay(judged.rows, { nameRequired });
    return { ...judged, rows: asRows(judged.rows).length, body: Buffer.from(body).toString("utf8"), checksum };
  } catch (error) {
    if (error instanceof BadRowsError) return error.params;
    throw error;
  }
}

/** Mostly what markets write, and now and then what nobody should. */
const odd = fc.constantFrom(
  "",
  " ",
  "-",
  "NA",
  "0",
  "无",
  "x",
  "+5",
  "1e3",
  "1.",
  ".5",
  "12.5 ",
  " 7",
  "\t8",
  "1\u00a0",
  "-3",
  "nan",
  "007",
  "-007",
  "-0",
  "0.00",
  "+1",
  "00000000000000001",
  "1234567890123456",
  "9007199254740993",
  "1e400",
  "１",
  "1\r",
  "1\r2",
  "\ufeff1",
  "1\0",
);
const longNumber = fc.stringMatching(/^-?\d{1,20}(\.\d{1,20})?$/);
const number = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom("10.50", "10.5", "10", "9.99", "100", "1050.00") },
  { weight: 1, arbitrary: odd },
  { weight: 1, arbitrary: longNumber },
);
const code = fc.oneof(
  { weight: 8, arbitrary: fc.stringMatching(/^[A-D0-3]{1,3}$/) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      "600000.SH",
      "sh.600000",
      "000001.SH",
      "000001.SZ",
      "BJ.430047",
      "600000.sh ",
      "12345.SHZ",
      "600000.SS",
      "SHSE.600000",
      "SSE:600000",
      "000001.SS",
      "600001.0",
      "1.0",
      "1e5",
      "\u3000600000",
      "600000\u00a0",
      "万科万",
      "NA",
      "nan",
      "-",
      "--",
      "\\N",
      "无",
      "007",
      "TRUE",
      "é1",
      "😀",
      "\uffee",
      "Ａ",
      "",
      " ",
      " A",
      "A ",
      "\\.",
      "a\tb",
      "a\rb",
      "A\r",
      "\rA",
      "a\0",
    ),
  },
);
const name = fc.constantFrom(
  "N",
  "万科Ａ",
  "",
  " 万 ",
  "back\\slash",
  "a\tb",
  "a\rb",
  "NA",
  "\\N",
  "*ST 万科",
  "\u00a0x\u00a0",
  "\u3000全 ",
);
const date = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(FILE_DAY, FILE_DAY.replaceAll("-", "")) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("2024-01-03", "2024/1/2", "2024/1/3", `${FILE_DAY} 00:00:00`, " 20240102", "soon", ""),
  },
);
const valueOf = { stock_code: code, stock_name: name, trade_date: date } as Record<string, fc.Arbitrary<string>>;

const ALL = [...COLUMNS, "note"];

/** A file with some of our columns in some order, and one that is not ours. */
const file = fc
  .tuple(
    fc.oneof(fc.constant(ALL), fc.subarray(ALL, { minLength: 2 })),
    fc.constantFrom(",", "\t", ";", "|"),
    fc.constantFrom("\n", "\r\n"),
  )
  .chain(([some, delimiter, lineEnd]) => {
    const columns = [...new Set(["close_price", ...some, "stock_code"])];
    const noise = fc.tuple(...columns.map((column) => valueOf[column] ?? number));
    // Prices that fit together, so that the other values decide.
    const still = noise.map((fields) => fields.map((value, at) => (columns[at]?.endsWith("_price") ? "10.50" : value)));
    const line = fc.oneof(noise, still);
    return fc.record({
      delimiter: fc.constant(delimiter),
      text: fc
        .array(fc.oneof({ weight: 30, arbitrary: line }, { weight: 1, arbitrary: fc.constantFrom([], ["one"]) }), {
          maxLength: 12,
        })
        .map((lines) => [columns, ...lines].map((fields) => fields.join(delimiter)).join(lineEnd)),
      end: fc.constantFrom("", lineEnd),
    });
  });

describe("rows that are only cut", () => {
  test("are the rows that are read value by value, and are judged, stored and summed up alike", async () => {
    let [cutDays, keptCut] = [0, 0];
    await fc.assert(
      fc.asyncProperty(
        file,
        fc.constantFrom("usual", "own"),
        fc.boolean(),
        fc.constantFrom(null, 2, 5, 6),
        async ({ text, delimiter, end }, layout, nameRequired, codeDigits) => {
          const rows = await cut(text + end, delimiter, layouts[layout]);
          if (rows === null) return;
          const objects = await read(text + end, delimiter, layouts[layout]);
          expect(asRows(rows)).toEqual(objects);
          const stored = storedAs(rows, FILE_DAY, nameRequired, { codeDigits });
          expect(stored).toEqual(storedAs(objects, FILE_DAY, nameRequired, { codeDigits }));
          cutDays += 1;
          if ("body" in stored && isCut(applyRowRules(rows, FILE_DAY, { codeDigits }).rows)) keptCut += 1;
        },
      ),
      { numRuns: 800 },
    );
    // Else nothing was compared.
    expect(cutDays).toBeGreaterThan(120);
    expect(keptCut).toBeGreaterThan(40);
  });

  test("stay cut through the row rules where every row is as the table takes it", async () => {
    const rows = await cut("code,close,open,high,low,volume,amount\r\nB,2,2,2,2,100,200.00\r\nA,1,1,1,1,0,0\n");
    const judged = applyRowRules(rows ?? [], FILE_DAY);
    expect(isCut(judged.rows)).toBe(true);
    expect(Buffer.from(encodeDay(judged.rows).body).toString("utf8")).toBe(
      "A\t\\N\t2024-01-02\t1\t1\t1\t1\t0\t0\t\\N\t\\N\t\\N\t\\N\nB\t\\N\t2024-01-02\t2\t2\t2\t2\t100\t200.00\t\\N\t\\N\t\\N\t\\N\n",
    );
  });

  test("a row that is rejected, or whose prices are doubtful, takes nothing from the others", async () => {
    const lines = Array.from(
      { length: 200 },
      (_, index) => `${1000 + index},${index === 7 ? "n/a" : index === 9 ? "99" : "2"},2,3,1`,
    );
    const judged = applyRowRules((await cut(`code,close,open,high,low\n${lines.join("\n")}`)) ?? [], FILE_DAY);
    expect(isCut(judged.rows)).toBe(true);
    expect(judged).toMatchObject({ rejected: 1, rejectedSample: [{ row: 8, code: "1007" }] });
    expect(judged.rows).toHaveLength(199);
    expect(judged.warnings.map(({ code: warning }) => warning)).toEqual(["rejected_rows", "price_outside_range"]);
    expect(judged.warnings[1]?.params).toMatchObject({ codes: "1009" });
  });

  test.each([
    ["a quote", 'code,close\n"A",1\n'],
    ["a line of other width", "code,close\nA,1,2\n"],
    ["a date that cannot be read", "code,close,date\nA,1,soon\n"],
    ["padding that is no blank", "code,close\n A\u00a0,1\n"],
    ["a previous close", "code,close,pre_close\nA,1,1\n"],
  ])("%s is left to the reader that looks at each value", async (_, text) => {
    expect(await cut(text)).toBeNull();
  });

  test("need no closer look for want of an amount or a volume", async () => {
    const prices = ["code,close,open,high,low", "A,2,2,3,1"];
    for (const more of [
      ["", ""],
      [",volume", ",5"],
      [",amount", ",5"],
      [",volume,amount", ",,5"],
      [",volume,amount", ",5,"],
    ]) {
      const rows = await cut(prices.map((line, index) => line + more[index]).join("\n"));
      expect(rows && createPlainTest(rows, null)(0)).toBe(true);
    }
  });

  test("with a close of 0 or a value below 0 are none of those that pass unseen", async () => {
    for (const row of ["A,0,0,0,0,0,0", "A,-1,-1,-1,-1,0,0", "A,1,1,1,-1,0,0", "A,1,1,1,1,-5,0", "A,1,1,1,1,0,-5"]) {
      const rows = await cut(`code,close,open,high,low,volume,amount\n${row}\n`);
      expect(rows && createPlainTest(rows, null)(0)).toBe(false);
      expect(applyRowRules(rows ?? [], FILE_DAY).warnings).toContainEqual({
        code: "below_zero",
        params: { count: 1, codes: "A" },
      });
    }
    const sound = await cut("code,close,open,high,low,volume,amount\nA,1,1,1,1,0,0\n");
    expect(sound && createPlainTest(sound, null)(0)).toBe(true);
  });

  test("a column of the file that is two of ours is read for both", async () => {
    const layout = layoutWith(null, "stock_code=Name,stock_name=Name,close_price=close,open_price=close");
    const rows = asRows(await readCsvRows(Buffer.from("Name,close\nA,1.5\n"), layout, FILE_DAY, reading));
    expect(rows).toMatchObject([{ stock_code: "A", stock_name: "A", close_price: "1.5", open_price: "1.5" }]);
  });

  test("the delimiter is that of the header, also behind empty lines", async () => {
    const rows = await readCsvRows(Buffer.from("\r\n\ncode;close\nA;1.5\n"), layouts.usual, FILE_DAY, reading);
    expect(asRows(rows)).toMatchObject([{ stock_code: "A", close_price: "1.5" }]);
  });

  test("other days of a file are passed over, and a long one lets others have their turn", async () => {
    const lines = Array.from({ length: 30_000 }, (_, index) => `${index},1,${index % 2 ? "20240103" : "2024/1/2"}`);
    const progress: number[] = [];
    const onProgress = (done: number) => void progress.push(done);
    const text = Buffer.from(`code,close,date\n${lines.join("\n")}`);
    expect(await cutCsvRows(text, ",", layouts.usual, FILE_DAY, { ...reading, onProgress })).toHaveLength(15_000);
    // After each portion of the file but the last.
    expect(progress).toHaveLength(Math.ceil(text.length / PORTION_BYTES) - 1);
    expect(progress[0]).toBeGreaterThan(0);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(cutCsvRows(text, ",", layouts.usual, FILE_DAY, { ...reading, signal })).rejects.toThrow("enough");
  });
});
