import { describe, expect, test } from "vitest";
import { createLoginPace, MAX_LOGINS_A_MINUTE } from "@/server/sources/baostock/login-pace";
import { createFakeClock } from "../../support/clock";
import { jumpingClock } from "../harness";

const never = new AbortController().signal;

describe("logins", () => {
  test("of somebody who asks for them without end are six in any minute at most, and never side by side", async () => {
    const clock = jumpingClock();
    const pace = createLoginPace(clock);
    const at: number[] = [];
    for (let count = 0; count < 200; count += 1) {
      await pace.take(never);
      at.push(clock.monotonic());
    }
    const inMinuteFrom = (from: number) => at.filter((ms) => ms >= from && ms < from + 60_000).length;
    expect(Math.max(...at.map(inMinuteFrom))).toBe(MAX_LOGINS_A_MINUTE);
    expect(Math.min(...at.slice(1).map((ms, index) => ms - (at[index] ?? 0)))).toBeGreaterThanOrEqual(375);
  });

  test("now and then wait for nothing", async () => {
    const clock = jumpingClock();
    const pace = createLoginPace(clock);
    for (let count = 0; count < 5; count += 1) {
      const before = clock.monotonic();
      await pace.take(never);
      expect(clock.monotonic()).toBe(before);
      await clock.sleep(60_000);
    }
  });

  test("that wait end with the reason of the signal", async () => {
    const clock = createFakeClock();
    const pace = createLoginPace(clock);
    await pace.take(never);
    const abort = new AbortController();
    const waiting = expect(pace.take(abort.signal)).rejects.toThrow("cancelled");
    await clock.advance(100);
    abort.abort(new Error("cancelled"));
    await waiting;
    expect(clock.sleeping()).toBe(0);
  });
});
