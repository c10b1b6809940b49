import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { differenceText, percentText } from "@/server/sources/price-change";

describe("a change is reckoned in digits, not in floats", () => {
  test.each([
    ["11.32", "11.1", "0.22"],
    ["0.1000", "0.3", "-0.2000"],
    ["5", "5", "0"],
    ["1000000000000.01", "0.02", "999999999999.99"],
  ])("%s - %s = %s", (a, b, difference) => {
    expect(differenceText(a, b)).toBe(difference);
  });

  test("adding it to the base gives the close again, to the last digit", () => {
    const price = fc.tuple(fc.nat(9_999_999), fc.nat(9_999)).map(([whole, part]) => `${whole}.${String(part).padStart(4, "0")}`);
    fc.assert(
      fc.property(price, price, (close, base) => {
        const units = (text: string | null) => BigInt((text ?? "").replace(".", ""));
        expect(units(differenceText(close, base)) + units(base)).toBe(units(close));
      }),
    );
  });
});

describe("an amplitude", () => {
  test.each([
    ["11", "10", "10", "10.000000"],
    ["10.09", "9.97", "10.00", "1.200000"],
    ["1", "0", "3", "33.333333"],
    ["2", "0", "3", "66.666667"],
    ["1", "2", "3", "-33.333333"],
  ])("(%s - %s) / %s = %s %%", (high, low, base, percent) => {
    expect(percentText(high, low, base)).toBe(percent);
  });

  test("has no value without a previous close, or with one of zero", () => {
    expect(percentText("11", "10", null)).toBeNull();
    expect(percentText("11", "10", "0.0000")).toBeNull();
    expect(percentText("11", "n/a", "10")).toBeNull();
    expect(differenceText("", "10")).toBeNull();
    expect(differenceText("1e3", "10")).toBeNull();
  });
});
