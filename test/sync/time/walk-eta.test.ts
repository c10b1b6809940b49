import { expect, test } from "vitest";
import { createWalkEta } from "@/server/sync/time/walk-eta";

test("nothing is said before there is enough to go by", () => {
  const eta = createWalkEta();
  expect(eta.range(60, 0)).toBeNull();
  eta.progressed(0, 5_400, 0);
  eta.progressed(29, 5_400, 20_000);
  expect(eta.range(60, 20_000)).toBeNull();
  eta.progressed(40, 5_400, 5_000);
  expect(eta.range(60, 9_000)).toBeNull();
});

test("the symbols left at the pace of this run, and the storing behind them", () => {
  const eta = createWalkEta();
  eta.progressed(0, 1_000, 0);
  eta.progressed(100, 1_000, 20_000);
  // 200 ms a symbol, 900 to come: 180 s.
  expect(eta.range(0, 20_000)).toEqual([153, 207]);
  expect(eta.range(10, 20_000)).toEqual([153, 237]);
});

test("symbols of an earlier run do not make this one look quicker", () => {
  const eta = createWalkEta();
  eta.progressed(900, 1_000, 0);
  eta.progressed(950, 1_000, 50_000);
  expect(eta.range(0, 50_000)).toEqual([42, 58]);
});
