import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError, ConnectionError } from "@/components/data/api";
import { askAgainMs } from "@/components/data/ask-again";
import { makeAllOldAtOnce, makeOld } from "@/components/data/make-old";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A query that somebody looks at, over a server that takes `takesMs` and answers with what is true when it was asked. */
function shown(takesMs: number, { isDead = false } = {}) {
  const world = { truth: "old", asked: 0, isDead };
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false, networkMode: "always" } } });
  const observer = new QueryObserver(queries, {
    queryKey: ["shown"],
    staleTime: 15_000,
    queryFn: ({ signal }) => {
      world.asked += 1;
      const { truth } = world;
      return new Promise<string>((resolve, reject) => {
        signal.addEventListener("abort", () => reject(new Error("given up")));
        if (!world.isDead) setTimeout(() => resolve(truth), takesMs);
      });
    },
  });
  const stop = observer.subscribe(() => {});
  return { queries, world, seen: () => observer.getCurrentResult().data, stop };
}

test("a first answer from before the event that comes after it does not stay", async () => {
  const { queries, world, seen, stop } = shown(100);
  await vi.advanceTimersByTimeAsync(50);
  world.truth = "new";
  makeOld(queries, { queryKey: ["shown"] });
  await vi.advanceTimersByTimeAsync(60);
  expect(seen()).toBe("old");
  await vi.advanceTimersByTimeAsync(100);
  expect(seen()).toBe("new");
  stop();
});

test("a later answer from before the event does not stay either, and many events are one more question", async () => {
  const { queries, world, seen, stop } = shown(100);
  await vi.advanceTimersByTimeAsync(100);
  makeOld(queries);
  await vi.advanceTimersByTimeAsync(50);
  world.truth = "new";
  for (let event = 0; event < 10; event += 1) makeOld(queries);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(seen()).toBe("new");
  expect(world.asked).toBe(3);
  stop();
});

test("on a line where an answer takes longer than the events are apart, answers arrive all the same", async () => {
  const { queries, world, seen, stop } = shown(1_500);
  await vi.advanceTimersByTimeAsync(1_500);
  for (let second = 1; second <= 10; second += 1) {
    world.truth = `second ${second}`;
    makeOld(queries);
    await vi.advanceTimersByTimeAsync(1_000);
  }
  expect(seen()).toMatch(/second [789]/);
  stop();
});

test("a first answer that hangs on a line that was cut is not waited for", async () => {
  const { queries, world, seen, stop } = shown(100, { isDead: true });
  await vi.advanceTimersByTimeAsync(1_000);
  world.isDead = false;
  makeAllOldAtOnce(queries);
  await vi.advanceTimersByTimeAsync(100);
  expect(seen()).toBe("old");
  stop();
});

test("what was found old and could not be read is asked for again by itself, a refusal is not", () => {
  const refusal = (status: number) => new ApiError(status, { status: "error", code: "task_not_found", message: "", params: {} });
  const asked = (error: Error | null, isInvalidated = false) => askAgainMs({ state: { error, isInvalidated } });
  expect(asked(null)).toBe(false);
  expect(asked(null, true)).toBe(10_000);
  expect(asked(new ConnectionError("cut"))).toBe(10_000);
  expect(asked(refusal(500))).toBe(10_000);
  expect(asked(refusal(404), true)).toBe(false);
});
