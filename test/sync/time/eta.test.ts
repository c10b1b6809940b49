import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createEta } from "@/server/sync/time/eta";

/** An estimate after days that took so many ms each, and the time at which the last one was done. */
function after(gapsMs: number[]) {
  const eta = createEta(1_000);
  let atMs = 1_000;
  for (const gap of gapsMs) {
    atMs += gap;
    eta.dayDone(atMs);
  }
  return { eta, atMs };
}
const times = (count: number, ms: number) => Array.from({ length: count }, () => ms);

describe("the time left", () => {
  test("is not told before a day is done, however long that takes", () => {
    expect(createEta(0).range(10, 60_000)).toBeNull();
  });
  test("is not told before five days are done or ten seconds have passed", () => {
    const four = after(times(4, 100));
    expect(four.eta.range(10, four.atMs)).toBeNull();
    expect(four.eta.range(10, 11_000)).not.toBeNull();
    const five = after(times(5, 100));
    expect(five.eta.range(10, five.atMs)).not.toBeNull();
  });
  test("is nothing once no day is left", () => {
    const { eta, atMs } = after(times(6, 1_000));
    expect(eta.range(0, atMs)).toEqual([0, 0]);
  });
  test("at an even pace holds what will come, a little wide on both sides", () => {
    const { eta, atMs } = after(times(10, 2_000));
    const [low, high] = eta.range(100, atMs)!;
    expect(Math.abs(low - 180)).toBeLessThanOrEqual(1);
    expect(Math.abs(high - 220)).toBeLessThanOrEqual(1);
  });
  test("at an uneven pace is wider than at an even one", () => {
    const even = after(times(20, 2_000));
    const uneven = after(times(10, 0).flatMap(() => [500, 3_500]));
    const width = (range: [number, number] | null) => range![1] - range![0];
    expect(width(uneven.eta.range(50, uneven.atMs))).toBeGreaterThan(width(even.eta.range(50, even.atMs)));
  });
  test("follows a change of pace: the latest days count most", () => {
    const slower = after([...times(30, 1_000), ...times(30, 5_000)]);
    const [low, high] = slower.eta.range(100, slower.atMs)!;
    expect((low + high) / 2).toBeGreaterThan(400);
  });
  test("shrinks while a day of the usual length runs", () => {
    const { eta, atMs } = after(times(10, 2_000));
    expect(eta.range(10, atMs + 1_500)![1]).toBeLessThan(eta.range(10, atMs)![1]);
  });
  test("grows while a day hangs, and says so at the far end", () => {
    const { eta, atMs } = after(times(10, 2_000));
    const highs = [10_000, 20_000, 60_000].map((hangs) => eta.range(10, atMs + hangs)![1]);
    expect(highs).toEqual([...highs].sort((a, b) => a - b));
    expect(highs[2]! - highs[1]!).toBe(40);
  });
  test("is never negative and never upside down", () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 600_000 }), { minLength: 5, maxLength: 60 });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1, max: 9_000 }), fc.nat(3_600_000), (gapsMs, remaining, later) => {
        const { eta, atMs } = after(gapsMs);
        const [low, high] = eta.range(remaining, atMs + later)!;
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeGreaterThanOrEqual(low);
      }),
    );
  });
});
