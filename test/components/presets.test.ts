import { describe, expect, it } from "vitest";
import { gapRange, presetRanges } from "@/components/sync/presets";
import { aRun as run } from "../support/builders";

/** Two weeks with a holiday on Wednesday; the last Wednesday is today and not published yet. */
const RUNS = [
  run("2025-11-06", "2025-11-07", "complete"),
  run("2025-11-08", "2025-11-09", "no_trading", "weekend"),
  run("2025-11-10", "2025-11-11", "complete"),
  run("2025-11-12", "2025-11-12", "no_trading", "holiday"),
  run("2025-11-13", "2025-11-13", "failed"),
  run("2025-11-14", "2025-11-14", "complete"),
  run("2025-11-15", "2025-11-16", "no_trading", "weekend"),
  run("2025-11-17", "2025-11-18", "missing"),
  run("2025-11-19", "2025-11-19", "missing", "not_published"),
];

describe("presets", () => {
  it("count trading days whose rows can be there, not calendar days", () => {
    expect(presetRanges("2025-11-19", null, RUNS).last5).toEqual({ from: "2025-11-11", to: "2025-11-18" });
  });

  it("take today in once it is published", () => {
    const published = [...RUNS.slice(0, -1), run("2025-11-19", "2025-11-19", "missing")];
    expect(presetRanges("2025-11-19", null, published).last5).toEqual({ from: "2025-11-13", to: "2025-11-19" });
  });

  it("begin on the day after the last good one", () => {
    expect(presetRanges("2025-11-19", "2025-11-14", RUNS).sinceGood).toEqual({ from: "2025-11-15", to: "2025-11-19" });
  });

  it("offer nothing since the last good day when that is today or unknown", () => {
    expect(presetRanges("2025-11-19", "2025-11-19", RUNS).sinceGood).toBeNull();
    expect(presetRanges("2025-11-19", null, RUNS).sinceGood).toBeNull();
  });

  it("know month and year without a clock", () => {
    const ranges = presetRanges("2025-11-19", null, []);
    expect(ranges.month).toEqual({ from: "2025-11-01", to: "2025-11-19" });
    expect(ranges.year).toEqual({ from: "2025-01-01", to: "2025-11-19" });
    expect(ranges.last20).toBeNull();
  });

  it("span all gaps from the first to the last, today's unpublished rows being none", () => {
    expect(gapRange(RUNS)).toEqual({ from: "2025-11-13", to: "2025-11-18" });
    expect(gapRange([run("2025-11-10", "2025-11-11", "complete")])).toBeNull();
  });
});
