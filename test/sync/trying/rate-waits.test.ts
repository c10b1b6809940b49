import { expect, test } from "vitest";
import { createRateWaits } from "@/server/sync/trying/rate-waits";

function waitsTold(toldMs: number | null): number[] {
  const waits: number[] = [];
  const { next } = createRateWaits();
  for (let wait = next(toldMs); wait !== null; wait = next(toldMs)) waits.push(wait);
  return waits;
}

test("a source that goes on saying at once is asked ever more seldom", () => {
  const waits = waitsTold(0);
  expect(waits.slice(0, 8)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  expect(waits.length).toBeLessThan(25);
});

test("what is told is waited, and where it was not enough again and again, more", () => {
  expect(waitsTold(40_000).slice(0, 7)).toEqual([40_000, 40_000, 40_000, 40_000, 40_000, 40_000, 60_000]);
  expect(waitsTold(90_000)).toEqual(Array.from({ length: 10 }, () => 90_000));
  expect(waitsTold(3_600_000)).toEqual([]);
});
