import fc from "fast-check";
import { expect, test } from "vitest";
import { plainNumber } from "@/server/sync/rows/plain-rows";
import { numberFault } from "@/server/sync/rows/number-text";

const valueOf = (text: string) => plainNumber(Buffer.from(`x${text}y`), 1, 1 + Buffer.byteLength(text));

test("what is plain is read as Number reads it, and passes the rules for numbers", () => {
  const written = fc.oneof(fc.stringMatching(/^-?\d{1,16}(\.\d{1,16})?$/), fc.stringMatching(/^[-+.\de ]{0,6}$/), fc.string());
  let plain = 0;
  fc.assert(
    fc.property(written, (text) => {
      const value = valueOf(text);
      if (Number.isNaN(value)) return;
      plain += 1;
      expect(value).toBe(Number(text));
      expect(numberFault(text)).toBeNull();
    }),
    { numRuns: 3_000 },
  );
  expect(plain).toBeGreaterThan(500);
});

test.each(["0", "-0.5", "12.34", "1046599207.00", "999999999999999", "0.00000000000001"])("%s is plain", (text) => {
  expect(valueOf(text)).toBe(Number(text));
});

test.each(["", "-", ".5", "5.", "-.5", "1.2.3", "1e3", "+1", " 1", "--1", "1000000000000000", "NaN", "１"])(
  "%j is not",
  (text) => {
    expect(valueOf(text)).toBeNaN();
  },
);
