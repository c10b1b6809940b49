import { expect, test } from "vitest";
import { dispatchEverySoOften } from "@/server/compose/dispatch-loop";
import { createFakeClock } from "../support/clock";
import { aGate, createFakeLog } from "../support/fakes";

/** A loop over looks that the test answers; `looks` counts them, `atMs` says when they began. */
function looping(expiresMs: number | null = null, dispatch: (look: number) => Promise<void> = async () => {}) {
  const clock = createFakeClock();
  const atMs: number[] = [];
  const log = createFakeLog();
  const loop = dispatchEverySoOften({
    clock,
    log,
    leaseLeftMs: () => (expiresMs === null ? null : expiresMs - clock.monotonic()),
    manager: {
      dispatch() {
        atMs.push(clock.monotonic());
        return dispatch(atMs.length);
      },
    },
  });
  return { clock, loop, atMs, log };
}

test("looks at once and then every two seconds", async () => {
  const { clock, loop, atMs } = looping();
  await clock.advance(4_100);
  expect(atMs).toEqual([0, 2_000, 4_000]);
  loop.stop();
});

test("looks at the moment the lease runs out, not up to two seconds later", async () => {
  const { clock, loop, atMs } = looping(3_300);
  await clock.advance(6_000);
  expect(atMs).toEqual([0, 2_000, 3_320, 5_320]);
  loop.stop();
});

test("told that there may be work, looks at once; told during a look, once more after it", async () => {
  const gate = aGate();
  const { clock, loop, atMs } = looping(null, async (look) => (look === 2 ? gate.promise : undefined));
  await clock.advance(500);
  loop.now();
  await clock.advance(100);
  for (let word = 0; word < 5; word += 1) loop.now();
  expect(atMs).toEqual([0, 500]);
  gate.open();
  await clock.advance(100);
  expect(atMs).toEqual([0, 500, 600]);
  loop.stop();
});

test("says a fault once, not every two seconds", async () => {
  const { clock, loop, log } = looping(null, async (look) => {
    if (look !== 3) throw new Error("connection refused");
  });
  await clock.advance(9_000);
  expect(log.lines).toHaveLength(2);
  loop.stop();
});

test("stopped, it looks no more", async () => {
  const { clock, loop, atMs } = looping();
  await clock.advance(100);
  loop.stop();
  loop.now();
  await clock.advance(10_000);
  expect(atMs).toEqual([0]);
  expect(clock.sleeping()).toBe(0);
});
