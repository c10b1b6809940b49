import { describe, expect, test } from "vitest";
import { say } from "@/server/http/language";
import { DAY, dayWith, refusalOf, row } from "../row-rules-rows";
import { applyRowRules } from "../../support/at-once";

describe("rows that are left out", () => {
  test.each([
    ["no code", { stock_code: null }, { problem: "missing", field: "stock_code", value: null }],
    ["an empty code", { stock_code: "" }, { problem: "missing", field: "stock_code", value: null }],
    ["no close", { close_price: null }, { problem: "missing", field: "close_price", value: null }],
    ["an empty close", { close_price: "" }, { problem: "missing", field: "close_price", value: null }],
    ["another day's date", { trade_date: "2024-01-03" }, { problem: "other_day", field: "trade_date", value: "2024-01-03" }],
    [
      "a date that cannot be read",
      { trade_date: "02/01/2024" },
      { problem: "not_a_date", field: "trade_date", value: "02/01/2024" },
    ],
    ["no date", { trade_date: null }, { problem: "missing", field: "trade_date", value: null }],
    ["a word for a price", { high_price: "abc" }, { problem: "not_a_number", field: "high_price", value: "abc" }],
    ["a word for a rate", { turnover_rate: "n/a" }, { problem: "not_a_number", field: "turnover_rate", value: "n/a" }],
  ])("%s is counted, sampled and named with its row", (_, over, expected) => {
    const judged = applyRowRules(dayWith(150, row(over)), DAY);
    expect(judged.rows).toHaveLength(150);
    expect(judged.rejected).toBe(1);
    expect(judged.rejectedSample).toEqual([{ row: 151, code: "stock_code" in over ? over.stock_code : "600000", ...expected }]);
    expect(judged.warnings).toEqual([{ code: "rejected_rows", params: { count: 1, row: 151, ...expected } }]);
  });

  test("the sample ends at twenty rows", () => {
    const bad = Array.from({ length: 23 }, () => row({ close_price: null }));
    const judged = applyRowRules(dayWith(2_977, ...bad), DAY);
    expect(judged.rejected).toBe(23);
    expect(judged.rejectedSample.map(({ row: at }) => at)).toEqual(Array.from({ length: 20 }, (_, index) => 2_978 + index));
  });

  test("exactly one per cent is still stored", () => {
    expect(applyRowRules(dayWith(99, row({ close_price: null })), DAY).rejected).toBe(1);
  });

  test("more than one per cent fails the day and says what was seen first", () => {
    const rows = dayWith(98, row({ close_price: "x" }));
    expect(refusalOf(() => applyRowRules(rows, DAY))).toEqual({
      rule: "too_many_rejected",
      rejected: 1,
      rows: 99,
      row: 99,
      problem: "not_a_number",
      field: "close_price",
      value: "x",
    });
  });

  test("one bad row of three fails the day", () => {
    expect(refusalOf(() => applyRowRules(dayWith(2, row({ stock_code: null })), DAY))).toMatchObject({
      rule: "too_many_rejected",
      rows: 3,
    });
  });
});

describe("codes of an exchange with six digits", () => {
  const judge = (...codes: string[]) =>
    applyRowRules(dayWith(1_000, ...codes.map((stock_code) => row({ stock_code }))), DAY, { codeDigits: 6 });

  test.each(["1", "00001", "0"])(
    "%s has lost its zeros: the row is left out, and its reason says how many digits there must be",
    (code) => {
      const expected = { row: 1_001, problem: "too_few_digits", field: "stock_code", value: code, digits: 6 };
      const judged = judge(code);
      expect(judged.rejectedSample).toEqual([{ ...expected, code }]);
      expect(judged.warnings).toEqual([{ code: "rejected_rows", params: { count: 1, ...expected } }]);
    },
  );

  test.each(["600001.0", "1.0", "1.00", "6.00001E+05", "1e5", "123456789.0"])(
    "%s is what a column of numbers makes of a code: left out with its own reason",
    (code) => {
      const judged = judge(code);
      expect(judged.rejectedSample).toMatchObject([{ problem: "code_is_number", value: code, digits: 6 }]);
      expect(applyRowRules(dayWith(1_000, row({ stock_code: code })), DAY)).toMatchObject({ rejected: 0 });
    },
  );

  test.each(["000001", "0000001", "A1", "000001.SH", "399E01.X", "\\.", "1.", "１"])("%s is a code like any other", (code) => {
    expect(judge(code)).toMatchObject({ rejected: 0, warnings: [] });
  });

  test("a day full of them is refused in words of both languages", () => {
    const rows = ["1", "2", "600000"].map((stock_code) => row({ stock_code }));
    const params = refusalOf(() => applyRowRules(rows, DAY, { codeDigits: 6 }));
    expect(say("en", "dayError.bad_rows", params)).toBe(
      "2 of 3 rows were unusable, more than 1 %; the first: row 1, code 1, expected 6 digits: a spreadsheet has probably eaten the leading zeros, keep that column as text",
    );
    expect(say("zh-CN", "dayError.bad_rows", params)).toBe(
      "3 行中有 2 行不可用，超过 1%；首个：第 1 行的代码为 1，应为 6 位数字：前导零可能被电子表格去掉了，请将该列存为文本",
    );
  });
});

describe("the same code twice", () => {
  test("exact duplicates are dropped without a word", () => {
    const judged = applyRowRules([row(), row({ stock_code: "000001" }), row()], DAY);
    expect(judged).toMatchObject({ rejected: 0, warnings: [] });
    expect(judged.rows.map(({ stock_code }) => stock_code)).toEqual(["600000", "000001"]);
  });

  test("different values fail the day and name both rows", () => {
    const rows = dayWith(3, row(), row({ amount: "10100.01" }));
    expect(refusalOf(() => applyRowRules(rows, DAY))).toEqual({ rule: "duplicate", code: "600000", first: 4, row: 5 });
  });

  test("a rejected row is no duplicate", () => {
    const judged = applyRowRules(dayWith(150, row({ close_price: null }), row()), DAY);
    expect(judged.rows).toHaveLength(151);
  });

  test("codes differ by case and leading zeros", () => {
    const rows = ["brk", "BRK", "1", "01"].map((stock_code) => row({ stock_code }));
    expect(applyRowRules(rows, DAY).rows).toHaveLength(4);
  });
});

describe("values that fail the whole day", () => {
  test.each([
    ["a NUL in a code", { stock_code: "60\u00000000" }, { rule: "control_character", row: 201, field: "stock_code" }],
    ["a NUL in a name", { stock_name: "a\0" }, { rule: "control_character", row: 201, field: "stock_name" }],
    ["a NUL in a number", { volume: "10\u000000" }, { rule: "control_character", row: 201, field: "volume" }],
    ["NaN", { open_price: "NaN" }, { rule: "not_finite", row: 201, field: "open_price", value: "NaN" }],
    ["minus infinity", { amount: "-Infinity" }, { rule: "not_finite", row: 201, field: "amount", value: "-Infinity" }],
    ["1e400", { close_price: "1e400" }, { rule: "too_large_number", row: 201, field: "close_price", value: "1e400" }],
    [
      "a volume beyond bigint",
      { volume: "9223372036854775808" },
      { rule: "too_large_number", row: 201, field: "volume", value: "9223372036854775808" },
    ],
  ])("%s", (_, over, expected) => {
    expect(refusalOf(() => applyRowRules(dayWith(200, row(over)), DAY))).toEqual(expected);
  });
});

describe("values that are data", () => {
  test("a code and a name of backslash and dot are kept", () => {
    expect(applyRowRules([row({ stock_code: "\\.", stock_name: "\\." })], DAY).rows).toEqual([
      row({ stock_code: "\\.", stock_name: "\\." }),
    ]);
  });

  test.each(["NA", "TRUE", "NAN", "null", "0001"])("%s is a code like any other", (stock_code) => {
    expect(applyRowRules([row({ stock_code })], DAY).rows[0]?.stock_code).toBe(stock_code);
  });

  test("price texts are stored digit for digit, volumes as whole shares", () => {
    const [stored] = applyRowRules([row({ open_price: "10.000", amount: "1.01e4", volume: "1.0005e3" })], DAY).rows;
    expect(stored).toMatchObject({ open_price: "10.000", amount: "1.01e4", volume: "1001" });
  });

  test("only code, date and close are needed", () => {
    const bare = {
      open_price: "",
      high_price: "",
      low_price: "",
      volume: "",
      amount: "",
      change_pct: "",
      change_amount: "",
      turnover_rate: "",
      amplitude: "",
      stock_name: "",
    };
    const [stored] = applyRowRules([row(bare)], DAY).rows;
    expect(Object.values(stored ?? {}).filter((value) => value !== null)).toEqual(["600000", DAY, "10.20"]);
  });
});

test("the delivered rows stay as they are", () => {
  const delivered = [row({ volume: "1.5", stock_name: "" })];
  applyRowRules(delivered, DAY);
  expect(delivered).toEqual([row({ volume: "1.5", stock_name: "" })]);
});

test("no rows are no fault of the rows", () => {
  expect(applyRowRules([], DAY)).toEqual({ rows: [], rejected: 0, rejectedSample: [], warnings: [] });
});

test("a quoted value is short and free of NUL and cut characters", () => {
  const long = applyRowRules(dayWith(150, row({ close_price: `x${"😀".repeat(100)}` })), DAY).rejectedSample[0]?.value ?? "";
  expect(long.length).toBeLessThan(70);
  expect(JSON.stringify(long)).not.toMatch(/\\ud83d/i);
  expect(applyRowRules(dayWith(150, row({ trade_date: "a\0b" })), DAY).rejectedSample[0]?.value).toBe("a␀b");
});
