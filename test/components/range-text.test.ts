import { describe, expect, it } from "vitest";
import { parseRange, rangeText } from "@/components/sync/range-text";

const OCTOBER = { from: "2025-10-01", to: "2025-10-09" };

describe("a typed range", () => {
  it.each([
    "2025-10-01..2025-10-09",
    "2025-10-01 → 2025-10-09",
    "2025-10-01 2025-10-09",
    "2025-10-01 - 2025-10-09",
    "2025-10-01 to 2025-10-09",
    "2025-10-01至2025-10-09",
    "2025/10/1 ~ 2025/10/9",
    "20251001 20251009",
    "  2025-10-01…2025-10-09  ",
  ])("is read from %j", (text) => {
    expect(parseRange(text)).toEqual(OCTOBER);
  });

  it("may be one day", () => {
    expect(parseRange("2025-10-01")).toEqual({ from: "2025-10-01", to: "2025-10-01" });
  });

  it.each(["", "hello", "2025-10", "2025-02-30", "2025-10-01 x 2025-10-09", "2025-10-01 2025-10-02 2025-10-03"])(
    "is never guessed from %j",
    (text) => {
      expect(parseRange(text)).toBeNull();
    },
  );

  it("keeps a wrong order, so that the page can say so", () => {
    expect(parseRange("2025-10-09..2025-10-01")).toEqual({ from: "2025-10-09", to: "2025-10-01" });
  });

  it("reads back what the field shows", () => {
    expect(parseRange(rangeText({ from: "2025-10-01", to: "2025-10-09" }))).toEqual(OCTOBER);
    expect(rangeText({ from: "2025-10-01", to: "2025-10-01" })).toBe("2025-10-01");
  });
});
