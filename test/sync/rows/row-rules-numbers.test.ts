import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { numberFault, wholeNumberText } from "@/server/sync/rows/number-text";

describe("texts that PostgreSQL takes for a number", () => {
  test.each(["0", "-1", "+1", "1.", ".5", "-.5", "1e5", "1.2E-7", "007", "123456789012345678901234567890.123", "0e999999"])(
    "%s",
    (text) => {
      expect(numberFault(text)).toBeNull();
    },
  );

  test.each(["", " 1", "1 ", "1,000", "0x1F", "1_000", "--1", "1.2.3", "e5", ".", "-", "１２", "1e", "12abc", "1\n"])(
    "not %j",
    (text) => {
      expect(numberFault(text)).toBe("not_a_number");
    },
  );

  test.each(["NaN", "nan", "Infinity", "-Infinity", "inf", "+INF"])("%s is not finite", (text) => {
    expect(numberFault(text)).toBe("not_finite");
  });

  test.each(["1e400", "-1e999999999999", "1e-400", "9".repeat(401)])("%s is beyond the range", (text) => {
    expect(numberFault(text)).toBe("too_large_number");
  });

  test("every finite double is a number", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(numberFault(String(value))).toBeNull();
      }),
    );
  });

  test("64 kB of digits and a letter are refused without backtracking", () => {
    expect(numberFault(`${"1".repeat(64 * 1024)}x`)).toBe("not_a_number");
    expect(numberFault(`${"1".repeat(64 * 1024)}ex`)).toBe("not_a_number");
  });
});

describe("whole shares", () => {
  test.each([
    ["1234", "1234"],
    ["1234.0", "1234"],
    ["1234.4", "1234"],
    ["1234.5", "1235"],
    ["-1234.5", "-1235"],
    ["1.2345e3", "1235"],
    ["1.2e6", "1200000"],
    ["12e-1", "1"],
    ["5e-1", "1"],
    ["0.49", "0"],
    [".5", "1"],
    ["-0", "0"],
    ["+7", "7"],
    ["0e99999999", "0"],
    ["99.5", "100"],
    ["9223372036854775807", "9223372036854775807"],
    ["9223372036854775806.5", "9223372036854775807"],
  ])("%s is stored as %s", (text, stored) => {
    expect(wholeNumberText(text)).toBe(stored);
  });

  test.each(["9223372036854775808", "9223372036854775807.5", "1e19", "1e300"])("%s does not fit", (text) => {
    expect(wholeNumberText(text)).toBeNull();
  });

  test("an exponent changes nothing but the form", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 12n }), fc.integer({ min: 0, max: 6 }), (whole, places) => {
        const shifted = `${whole}${"0".repeat(places)}e-${places}`;
        expect(wholeNumberText(shifted)).toBe(whole.toString());
      }),
    );
  });
});
