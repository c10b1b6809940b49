import { describe, expect, it } from "vitest";
import { placeSegments, segmentsOf } from "@/components/day/outcome";

const COUNTS = {
  status: "running",
  total: 40,
  current: 30,
  success: 10,
  failed: 1,
  skipped: 19,
  suspect: 1,
  current_date: "2025-10-22",
} as const;

describe("segmentsOf", () => {
  it("orders the bar by outcome and counts every day once", () => {
    const segments = segmentsOf(COUNTS);
    expect(segments).toEqual([
      { look: "complete", days: 9 },
      { look: "suspect", days: 1 },
      { look: "failed", days: 1 },
      { look: "skipped", days: 19 },
      { look: "running", days: 1 },
      { look: "none", days: 9 },
    ]);
    expect(segments.reduce((sum, segment) => sum + segment.days, 0)).toBe(40);
  });

  it("shows no running day once nobody works on the task", () => {
    for (const status of ["failed", "interrupted"] as const) {
      const running = segmentsOf({ ...COUNTS, status }).find((segment) => segment.look === "running");
      expect(running?.days).toBe(0);
    }
  });

  it("never counts a running day beyond the total", () => {
    const full = segmentsOf({ ...COUNTS, success: 20, current: 40 });
    expect(full.map((segment) => segment.days)).toEqual([19, 1, 1, 19, 0, 0]);
  });
});

describe("placeSegments", () => {
  it("starts each part where the one before it ends", () => {
    const placed = placeSegments(
      [
        { look: "complete", days: 3 },
        { look: "failed", days: 1 },
      ],
      0,
    );
    expect(placed.map((part) => part.percent)).toEqual([0, 75]);
  });

  it("leaves every part with days at least the smallest width", () => {
    const widthPx = 300;
    const placed = placeSegments(
      [
        { look: "complete", days: 5000 },
        { look: "suspect", days: 1 },
        { look: "failed", days: 0 },
        { look: "skipped", days: 1 },
        { look: "none", days: 8000 },
      ],
      5,
    );
    const starts = placed.map((part) => (part.percent / 100) * widthPx + part.px);
    const ends = [...starts.slice(1), widthPx];
    placed.forEach((part, index) => {
      const width = (ends[index] ?? 0) - (starts[index] ?? 0);
      if (part.days > 0) expect(width).toBeGreaterThanOrEqual(5);
      else expect(width).toBeCloseTo(0);
    });
  });

  it("puts every part at the right end when there is no day at all", () => {
    const placed = placeSegments(
      segmentsOf({ ...COUNTS, total: 0, current: 0, success: 0, failed: 0, skipped: 0, suspect: 0 }),
      5,
    );
    expect(placed.every((part) => part.percent === 100 && part.px === 0)).toBe(true);
  });

  it("moves no part to the left while days finish", () => {
    let before = placeSegments(segmentsOf({ ...COUNTS, success: 0, skipped: 0, failed: 0, suspect: 0, current: 0 }), 5);
    for (let success = 1; success <= 20; success += 1) {
      const after = placeSegments(segmentsOf({ ...COUNTS, success, skipped: 0, failed: 0, suspect: 0, current: success }), 5);
      after.forEach((part, index) => {
        const earlier = before[index];
        expect(part.percent * 10 + part.px).toBeGreaterThanOrEqual((earlier?.percent ?? 0) * 10 + (earlier?.px ?? 0) - 1e-9);
      });
      before = after;
    }
  });
});
