import { afterEach, describe, expect, test, vi } from "vitest";
import { whileAway } from "@/server/sync/trying/away";
import { DatabaseAwayError } from "@/server/sync/errors";
import { withRetry } from "@/server/sync/trying/retry";
import { createFakeClock } from "../../support/clock";
import { createFakeLog } from "../../support/fakes";

/** Runs work that fails so many times and tells what happened. */
function attempting(failures: number, over: { worthRetrying?: (error: unknown) => boolean } = {}) {
  const clock = createFakeClock();
  const stop = new AbortController();
  const attempts: number[] = [];
  const waits: number[] = [];
  let left = failures;
  const result = withRetry(
    async () => {
      left -= 1;
      if (left >= 0) throw new Error(`failure ${failures - left}`);
      return "done";
    },
    {
      clock,
      signal: stop.signal,
      worthRetrying: over.worthRetrying ?? (() => true),
      onAttempt: (attempt) => void attempts.push(attempt),
      onWait: (_error, waitMs) => void waits.push(waitMs),
    },
  );
  return { clock, stop, attempts, waits, result };
}

afterEach(() => void vi.restoreAllMocks());

describe("work that fails", () => {
  test("is tried three times, with waits of 1 s and 4 s and a quarter of jitter", async () => {
    for (const [random, waits] of [
      [0, [750, 3_000]],
      [0.5, [1_000, 4_000]],
      [0.999999, [1_250, 5_000]],
    ] as const) {
      vi.spyOn(Math, "random").mockReturnValue(random);
      const run = attempting(2);
      expect(await run.clock.drive(run.result)).toBe("done");
      expect(run.attempts).toEqual([1, 2, 3]);
      expect(run.waits).toEqual(waits);
      expect(run.clock.monotonic()).toBe(waits[0] + waits[1]);
    }
  });
  test("three times fails with its last words, without another wait", async () => {
    const run = attempting(9);
    await expect(run.clock.drive(run.result)).rejects.toThrow("failure 3");
    expect(run.attempts).toEqual([1, 2, 3]);
    expect(run.waits).toHaveLength(2);
  });
  test("and is not worth retrying fails at once", async () => {
    const run = attempting(1, { worthRetrying: () => false });
    await expect(run.result).rejects.toThrow("failure 1");
    expect(run.clock.sleeping()).toBe(0);
  });
  test("is left alone when the stop comes during a wait", async () => {
    const run = attempting(1);
    await run.clock.advance(0);
    run.stop.abort(new Error("stopped"));
    await expect(run.result).rejects.toThrow("stopped");
    expect(run.attempts).toEqual([1]);
  });
  test("while the stop comes fails as it failed, and speaks of no further wait", async () => {
    const stop = new AbortController();
    const waits: number[] = [];
    const work = async () => {
      stop.abort(new Error("stopped"));
      throw new Error("connection cut");
    };
    const options = { clock: createFakeClock(), signal: stop.signal, worthRetrying: () => true, onAttempt() {} };
    const result = withRetry(work, { ...options, onWait: (_error, waitMs) => void waits.push(waitMs) });
    await expect(result).rejects.toThrow("connection cut");
    expect(waits).toEqual([]);
  });
  test("is not begun after the stop", async () => {
    const stop = AbortSignal.abort(new Error("stopped"));
    const work = vi.fn<() => Promise<string>>(async () => "done");
    const options = { clock: createFakeClock(), signal: stop, worthRetrying: () => true, onAttempt() {}, onWait() {} };
    await expect(withRetry(work, options)).rejects.toThrow("stopped");
    expect(work).not.toHaveBeenCalled();
  });
});

describe("a database that is away", () => {
  const options = (signal: AbortSignal) => ({ clock: createFakeClock(), log: createFakeLog(), taskId: "t", signal });

  test("is asked again every second, as long as it takes", async () => {
    const around = options(new AbortController().signal);
    let calls = 0;
    const result = whileAway(around, async () => {
      calls += 1;
      if (calls <= 100) throw new DatabaseAwayError("gone");
      return calls;
    });
    expect(await around.clock.drive(result)).toBe(101);
    expect(around.clock.monotonic()).toBe(100_000);
  });
  test("is asked once even after the stop, and then no more", async () => {
    const around = options(AbortSignal.abort(new Error("stopped")));
    const work = vi.fn<() => Promise<never>>(async () => {
      throw new DatabaseAwayError("gone");
    });
    await expect(whileAway(around, work)).rejects.toThrow("stopped");
    expect(work).toHaveBeenCalledTimes(1);
  });
  test("is another thing than one that refuses", async () => {
    await expect(whileAway(options(new AbortController().signal), () => Promise.reject(new Error("refused")))).rejects.toThrow(
      "refused",
    );
  });
});
