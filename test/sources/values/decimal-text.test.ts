import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { differenceText, percentText, productText, shiftPoint } from "@/server/sources/values/decimal-text";

const decimal = fc
  .tuple(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), fc.integer({ min: 0, max: 8 }))
  .map(([digits, places]) => ({ digits, places, text: written(digits, places) }));

function written(digits: bigint, places: number): string {
  const size = (digits < 0n ? -digits : digits).toString().padStart(places + 1, "0");
  const fraction = places > 0 ? `.${size.slice(-places)}` : "";
  return `${digits < 0n ? "-" : ""}${places > 0 ? size.slice(0, -places) : size}${fraction}`;
}

/** The same value without needless zeros. */
function plain(digits: bigint, places: number): string {
  const text = written(digits, places);
  return (text.includes(".") ? text.replace(/\.?0+$/, "") : text).replace(/^-0$/, "0");
}

describe("decimals as text", () => {
  test("a shifted point loses no digit", () => {
    fc.assert(
      fc.property(decimal, fc.integer({ min: 0, max: 6 }), ({ digits, places, text }, power) => {
        expect(shiftPoint(text, power)).toBe(plain(digits * 10n ** BigInt(power), places));
      }),
    );
  });

  test("a difference is exact", () => {
    fc.assert(
      fc.property(decimal, decimal, (a, b) => {
        const places = Math.max(a.places, b.places);
        const digits = a.digits * 10n ** BigInt(places - a.places) - b.digits * 10n ** BigInt(places - b.places);
        expect(differenceText(a.text, b.text)).toBe(plain(digits, places));
      }),
    );
  });

  test.each([
    ["1234.56", 2, "123456"],
    ["0.1", 3, "100"],
    ["1e3", 2, "100000"],
    ["1.5E-7", 3, "0.00015"],
    ["-.5", 1, "-5"],
    ["abc", 2, "abc"],
    ["", 2, ""],
    ["1e400", 2, "1e400"],
    ["NaN", 2, "NaN"],
  ])("%s by 10^%d is %s", (text, power, expected) => {
    expect(shiftPoint(text, power)).toBe(expected);
  });

  test.each([
    ["100.5", "10.125", "1017.56"],
    ["0.1", "0.05", "0.01"],
    ["-0.1", "0.05", "-0.01"],
    ["0.001", "0.001", "0"],
    ["1", "x", null],
  ])("%s × %s to cents is %s", (a, b, expected) => {
    expect(productText(a, b, 2)).toBe(expected);
  });

  test.each([
    ["0.65", "10", "6.5"],
    ["1", "3", "33.3333"],
    ["2", "3", "66.6667"],
    ["-1", "3", "-33.3333"],
    ["0", "3", "0"],
    ["1", "0", null],
    ["1", "-2", null],
    ["1", null, null],
    [null, "1", null],
    ["0.00001", "1000", "0"],
    ["5", "0.0001", "5000000"],
  ])("%s of %s is %s percent", (part, whole, expected) => {
    expect(percentText(part, whole)).toBe(expected);
  });
});
