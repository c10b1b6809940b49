import { describe, expect, it } from "vitest";
import { addSample, rowsAt, rowsPerSecond, type Sample, sparkPath, sparkSeconds } from "@/components/progress/rate";

const SECOND = 1000;

describe("addSample", () => {
  it("keeps one sample for each change", () => {
    const first = addSample([], { atMs: 0, rows: 100 });
    expect(addSample(first, { atMs: SECOND, rows: 100 })).toEqual([{ atMs: 0, rows: 100 }]);
    expect(addSample(first, { atMs: SECOND, rows: 200 })).toHaveLength(2);
  });

  it("begins again when the count falls", () => {
    expect(addSample([{ atMs: 0, rows: 500 }], { atMs: SECOND, rows: 10 })).toEqual([{ atMs: SECOND, rows: 10 }]);
  });

  it("forgets what lies before the window but for one sample", () => {
    let samples: Sample[] = [];
    for (let second = 0; second <= 200; second += 1) samples = addSample(samples, { atMs: second * SECOND, rows: second });
    expect(samples[0]?.atMs).toBe(140 * SECOND);
    expect(samples).toHaveLength(61);
  });
});

describe("the rate", () => {
  const days: Sample[] = [
    { atMs: 0, rows: 0 },
    { atMs: 30 * SECOND, rows: 6000 },
  ];

  it("spreads a day over the time it took", () => {
    expect(rowsAt(days, 15 * SECOND)).toBe(3000);
    expect(rowsPerSecond(days, 30 * SECOND)).toBe(200);
  });

  it("is not known before a second change", () => {
    expect(rowsPerSecond([{ atMs: 0, rows: 0 }], 10 * SECOND)).toBeNull();
  });

  it("goes on for as long as the last day took, then falls", () => {
    expect(rowsPerSecond(days, 60 * SECOND)).toBe(200);
    expect(rowsPerSecond(days, 75 * SECOND)).toBe(150);
    expect(rowsPerSecond(days, 200 * SECOND)).toBe(0);
  });
});

describe("the sparkline", () => {
  it("has a value for every second the page has watched, and none before", () => {
    const seconds = sparkSeconds(
      [
        { atMs: 40 * SECOND, rows: 0 },
        { atMs: 60 * SECOND, rows: 2000 },
      ],
      60 * SECOND,
    );
    expect(seconds).toHaveLength(60);
    expect(seconds.slice(0, 40).every((value) => value === null)).toBe(true);
    expect(seconds.slice(40)).toEqual(Array.from({ length: 20 }, () => 100));
  });

  it("draws nothing for fewer than two points and stays inside its box", () => {
    expect(sparkPath([null, null, 5], 180, 32)).toBe("");
    const ys = [...sparkPath([0, 50, 100], 180, 32).matchAll(/ ([\d.]+)/g)].map((match) => Number(match[1]));
    expect(ys).toHaveLength(3);
    expect(Math.min(...ys)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...ys)).toBeLessThanOrEqual(32);
  });
});
