import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { multiplyBy, parseUnitFactors } from "@/server/sources/values/unit-factors";
import { FILE_DAY, rowsOf, sourceOf } from "../harness";

describe("FILES_UNITS", () => {
  test("lots become shares and thousands units, digit by digit, other columns stay", async () => {
    const source = sourceOf("code,close,vol,amount\nA,1.50,12.34,100.005\nB,2,,-\n", { units: "volume=100, amount=1000" });
    expect(await rowsOf(source, FILE_DAY)).toMatchObject([
      { close_price: "1.50", volume: "1234", amount: "100005" },
      { close_price: "2", volume: null, amount: null },
    ]);
  });

  test.each([
    ["0.1", "3", "0.3"],
    ["1.005", "100", "100.5"],
    ["12345678901234567.89", "1000", "12345678901234567890"],
    ["-2.5", "0.01", "-0.025"],
    ["+7", "2", "14"],
    [".5", "2", "1"],
    ["5.", "1", "5"],
    ["1.2e6", "100", "120000000"],
    ["12E-2", "1", "0.12"],
    ["-0.00", "5", "0"],
    ["abc", "5", "abc"],
    ["", "5", ""],
    [".", "5", "."],
    ["NaN", "5", "NaN"],
    ["1e9999", "5", "1e9999"],
  ])("%s × %s is %s", (number, factor, product) => {
    expect(multiplyBy(factor)(number)).toBe(product);
  });

  test("is the product of any two decimals", () => {
    const decimal = fc.tuple(fc.bigInt(0n, 10n ** 18n), fc.integer({ min: 0, max: 12 }));
    fc.assert(
      fc.property(decimal, decimal, ([a, aPlaces], [b, bPlaces]) => {
        const text = (digits: bigint, places: number) => {
          const padded = digits.toString().padStart(places + 1, "0");
          return places === 0 ? padded : `${padded.slice(0, -places)}.${padded.slice(-places)}`;
        };
        const [whole = "", fraction = ""] = multiplyBy(text(b, bPlaces))(text(a, aPlaces)).split(".");
        expect(BigInt(whole + fraction.padEnd(aPlaces + bPlaces, "0"))).toBe(a * b);
      }),
    );
  });

  test.each(["volume", "volume=", "volume=0", "volume=-1", "volume=ten", "price=10", "stock_code=2", "volume=1=2"])(
    "%s is a fault of the configuration",
    (units) => {
      expect(() => parseUnitFactors(units)).toThrow(/^FILES_UNITS: expected pairs like volume=100/);
    },
  );

  test("a column named twice is one too, and nothing said is nothing done", () => {
    expect(() => parseUnitFactors("volume=1,volume=2")).toThrow("volume is named twice");
    expect(parseUnitFactors(null)).toBeNull();
    expect(parseUnitFactors(" ")).toBeNull();
  });
});
