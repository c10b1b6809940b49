import { describe, expect, test } from "vitest";
import { withDeadline } from "@/server/sync/trying/deadline";
import { createFakeClock } from "../../support/clock";
import { untilAborted } from "../../support/fakes";

const late = () => new Error("too late");
const never = () => new Promise<never>(() => {});

describe("work with a deadline", () => {
  test("returns what the work returns and leaves no timer behind", async () => {
    const clock = createFakeClock();
    expect(await withDeadline(clock, 1_000, new AbortController().signal, late, async () => 7)).toBe(7);
    expect(clock.sleeping()).toBe(0);
  });
  test("fails as the work fails, and leaves no timer behind", async () => {
    const clock = createFakeClock();
    const work = () => Promise.reject(new Error("broken"));
    await expect(withDeadline(clock, 1_000, new AbortController().signal, late, work)).rejects.toThrow("broken");
    expect(clock.sleeping()).toBe(0);
  });
  test("fails when the time is up, with the words given for it, and tells the work", async () => {
    const clock = createFakeClock();
    let told: unknown = null;
    const work = async (signal: AbortSignal) => {
      await untilAborted(signal).catch((reason: unknown) => {
        told = reason;
      });
    };
    const result = withDeadline(clock, 1_000, new AbortController().signal, late, async (signal) => {
      await work(signal);
      return never();
    });
    await expect(clock.drive(result)).rejects.toThrow("too late");
    expect(clock.monotonic()).toBe(1_000);
    expect(told).toMatchObject({ message: "too late" });
  });
  test("is not begun where nobody waits for it any more", async () => {
    const clock = createFakeClock();
    let begun = false;
    const work = async () => {
      begun = true;
    };
    await expect(withDeadline(clock, 5, AbortSignal.abort(new Error("stopped")), late, work)).rejects.toThrow("stopped");
    expect([begun, clock.sleeping()]).toEqual([false, 0]);
  });
  test("does not wait for work that ignores its signal", async () => {
    const clock = createFakeClock();
    await expect(clock.drive(withDeadline(clock, 5, new AbortController().signal, late, never))).rejects.toThrow("too late");
  });
  test("fails with the reason of the parent as soon as that is aborted", async () => {
    const clock = createFakeClock();
    const parent = new AbortController();
    const result = withDeadline(clock, 1_000, parent.signal, late, never);
    parent.abort(new Error("lease lost"));
    await expect(result).rejects.toThrow("lease lost");
    expect(clock.sleeping()).toBe(0);
  });
  test("under a parent that is aborted already does not hang", async () => {
    const parent = AbortSignal.abort(new Error("over before it began"));
    await expect(withDeadline(createFakeClock(), 1_000, parent, late, never)).rejects.toThrow("over before it began");
  });
});
