import { describe, expect, it } from "vitest";
import { lookOfCoverage, lookOfTaskDay } from "@/components/day/look";

describe("the look of a day", () => {
  it("is suspect for a stored day that looks too small", () => {
    expect(lookOfTaskDay({ status: "success", reason: "few_rows", suspect: true }, false)).toBe("suspect");
    expect(lookOfTaskDay({ status: "success", reason: null, suspect: false }, false)).toBe("complete");
  });

  it("tells the skips apart", () => {
    const skip = (reason: "weekend" | "holiday" | "already_synced" | "not_published") =>
      lookOfTaskDay({ status: "skipped", reason, suspect: false }, true);
    expect([skip("weekend"), skip("holiday"), skip("already_synced"), skip("not_published")]).toEqual([
      "no_trading",
      "no_trading",
      "kept",
      "not_due",
    ]);
  });

  it("has no state for a day that a finished task never reached", () => {
    const pending = { status: "pending", reason: null, suspect: false } as const;
    expect(lookOfTaskDay(pending, false)).toBe("queued");
    expect(lookOfTaskDay(pending, true)).toBe("not_due");
  });

  it("is no gap for a day that is not published yet", () => {
    expect(lookOfCoverage("missing", "not_published")).toBe("not_due");
    expect(lookOfCoverage("missing", "sample")).toBe("missing");
  });
});
