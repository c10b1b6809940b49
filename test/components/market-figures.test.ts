import { expect, test } from "vitest";
import { figureText } from "@/components/day/market-rows";

test.each([
  ["277696738.75", "277,696,738.75"],
  ["-1234.5600", "−1,234.5600"],
  ["100", "100"],
  ["1000", "1,000"],
  ["-0.49", "−0.49"],
  ["0.123456789", "0.123456789"],
])("a stored %s is read as %s: grouped, with a true minus, and no digit lost", (stored, shown) => {
  expect(figureText(stored)).toBe(shown);
});

test("what is no plain figure is shown as it is", () => {
  expect(["1e+21", "NaN", "", "–", "12.", "1,000"].map(figureText)).toEqual(["1e+21", "NaN", "", "–", "12.", "1,000"]);
});
