import { expect, test } from "vitest";
import { untilMidnightMs } from "@/server/sync/time/midnight";

const HOUR_MS = 3_600_000;
const at = (instant: string) => Date.parse(instant);

test("midnight is that of the exchange", () => {
  expect(untilMidnightMs("Asia/Shanghai", at("2024-01-02T15:59:00Z"))).toBe(60_000);
  expect(untilMidnightMs("America/New_York", at("2024-01-02T15:59:00Z"))).toBe(13 * HOUR_MS + 60_000);
});

test("on the two days a year when clocks change the day is an hour longer or shorter", () => {
  expect(untilMidnightMs("America/New_York", at("2024-03-10T05:00:00Z"))).toBe(23 * HOUR_MS);
  expect(untilMidnightMs("America/New_York", at("2024-11-03T04:00:00Z"))).toBe(25 * HOUR_MS);
});
