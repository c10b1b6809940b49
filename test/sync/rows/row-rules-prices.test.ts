import { describe, expect, test } from "vitest";
import type { Row } from "@/server/sync/rows/row";
import { DAY, row } from "../row-rules-rows";
import { applyRowRules } from "../../support/at-once";

const warningsOf = (...rows: Row[]) => applyRowRules(rows, DAY).warnings;

describe("empty prices", () => {
  test("a close without open, high and low is stored with a warning", () => {
    const judged = applyRowRules(
      [row({ stock_code: "BHF", open_price: null, high_price: null, low_price: null, amount: null })],
      DAY,
    );
    expect(judged.rows).toHaveLength(1);
    expect(judged.warnings).toEqual([{ code: "empty_prices", params: { count: 1, fields: "open, high, low", codes: "BHF" } }]);
  });

  test("only the empty fields are named, and at most five codes", () => {
    const rows = ["A", "B", "C", "D", "E", "F"].map((stock_code) => row({ stock_code, high_price: null }));
    expect(warningsOf(...rows)).toEqual([
      { code: "empty_prices", params: { count: 6, fields: "high", codes: "A, B, C, D, E …" } },
    ]);
  });

  test("an empty volume, amount or change is no warning", () => {
    expect(warningsOf(row({ volume: null, amount: null, change_pct: null, turnover_rate: null }))).toEqual([]);
  });
});

describe("prices outside low and high", () => {
  test.each([
    ["low above open", { open_price: "9.80" }],
    ["low above close", { close_price: "9.80" }],
    ["high below open", { open_price: "10.60" }],
    ["high below close", { close_price: "10.60" }],
    ["low above high", { low_price: "10.60" }],
    ["a high that sorts later as a text", { high_price: "9.95" }],
  ])("%s is stored with a warning", (_, over) => {
    const judged = applyRowRules([row({ amount: null, ...over })], DAY);
    expect(judged.rows).toHaveLength(1);
    expect(judged.warnings).toEqual([{ code: "price_outside_range", params: { count: 1, codes: "600000" } }]);
  });

  test("equal prices are fine", () => {
    const still = { open_price: "10", close_price: "10.0", high_price: "10.00", low_price: "10.000", amount: "10000" };
    expect(warningsOf(row(still))).toEqual([]);
  });
});

describe("values that no share has", () => {
  test.each([
    ["a close of 0", { open_price: "0", close_price: "0", high_price: "0", low_price: "0", volume: "0", amount: "0" }],
    ["prices below 0", { open_price: "-1", close_price: "-1", high_price: "-1", low_price: "-1", volume: "0", amount: "0" }],
    ["a negative volume", { volume: "-1000", amount: null }],
    ["a negative amount", { volume: "0", amount: "-5" }],
  ])("%s is stored with a warning", (_, over) => {
    expect(warningsOf(row(over))).toEqual([{ code: "below_zero", params: { count: 1, codes: "600000" } }]);
  });

  test("a suspended stock, with or without prices of its own, is no such row", () => {
    const still = { volume: "0", amount: "0", change_pct: "-1.5", change_amount: "-0.1" };
    expect(warningsOf(row(still))).toEqual([]);
  });
});

describe("the average price", () => {
  test.each([
    ["below low", "9000"],
    ["above high", "11000"],
    ["zero", "0"],
    ["a hundred times too large (volume in lots)", "1010000"],
  ])("%s is stored with a warning", (_, amount) => {
    expect(warningsOf(row({ amount }))).toEqual([{ code: "average_outside_range", params: { count: 1, codes: "600000" } }]);
  });

  test("rounding is no warning", () => {
    expect(warningsOf(row({ amount: "9896" }), row({ stock_code: "000001", amount: "10505" }))).toEqual([]);
  });

  test("a few shares whose fractions were rounded away are no warning", () => {
    const prices = { open_price: "100", close_price: "100", high_price: "101", low_price: "99" };
    // 1.4, 1.5 and 0.5 shares at 100.
    const traded = [
      ["1", "140"],
      ["2", "150"],
      ["1", "50"],
    ];
    const rows = traded.map(([volume = "", amount = ""], at) => row({ ...prices, stock_code: `F${at}`, volume, amount }));
    expect(warningsOf(...rows)).toEqual([]);
    expect(warningsOf(row({ ...prices, volume: "2", amount: "300" }))).toHaveLength(1);
  });

  test("without a trade there is no average", () => {
    expect(warningsOf(row({ volume: "0", amount: "0" }), row({ stock_code: "000001", volume: null }))).toEqual([]);
  });
});

test("warnings come together, the rejected rows first", () => {
  const good = Array.from({ length: 200 }, (_, index) => row({ stock_code: `C${index}` }));
  const odd = row({ stock_code: "ODD", open_price: "99", amount: "1" });
  const codes = warningsOf(...good, odd, row({ close_price: null })).map(({ code }) => code);
  expect(codes).toEqual(["rejected_rows", "price_outside_range", "average_outside_range"]);
});
