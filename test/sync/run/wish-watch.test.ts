import { expect, test } from "vitest";
import type { Wished } from "@/server/sync/session-ports";
import { watchWish } from "@/server/sync/run/wish-watch";
import { createFakeClock, settle } from "../../support/clock";
import { aGate, createFakeLog } from "../../support/fakes";

/** A watch whose looks are answered as the test says; `atMs` = when each began. */
function watching(read: (look: number) => Promise<Wished> = async () => ({ wish: "run", by: null })) {
  const clock = createFakeClock();
  const atMs: number[] = [];
  const wishes: Wished[] = [];
  const log = createFakeLog();
  const watch = watchWish({
    clock,
    log,
    read() {
      atMs.push(clock.monotonic());
      return read(atMs.length);
    },
    onWish: (wished) => void wishes.push(wished),
  });
  return { clock, atMs, wishes, log, watch };
}
const cancel: Wished = { wish: "cancel", by: "ann" };

test("looks once a second by itself", async () => {
  const { clock, atMs, wishes } = watching(async (look) => (look === 3 ? cancel : { wish: "run", by: null }));
  await clock.advance(3_500);
  expect(atMs).toEqual([1_000, 2_000, 3_000]);
  expect(wishes).toEqual([cancel]);
});

test("looks at once when it is told to, and goes on once a second", async () => {
  const { clock, atMs, wishes, watch } = watching(async () => cancel);
  await clock.advance(300);
  watch.lookNow();
  await settle();
  expect([atMs, wishes]).toEqual([[300], [cancel]]);
  await clock.advance(1_000);
  expect(atMs).toEqual([300, 1_300]);
});

test("told while a look is on its way, looks once more after it: that one may have missed the command", async () => {
  const gate = aGate<Wished>();
  const { clock, atMs, wishes, watch } = watching((look) => (look === 1 ? gate.promise : Promise.resolve(cancel)));
  await clock.advance(1_000);
  for (let word = 0; word < 5; word += 1) watch.lookNow();
  gate.open({ wish: "run", by: null });
  await settle();
  expect([atMs, wishes]).toEqual([[1_000, 1_000], [cancel]]);
});

test("a look that fails is no wish, and the next one comes", async () => {
  const { clock, wishes, log } = watching(async (look) => {
    if (look === 1) throw new Error("connection reset");
    return cancel;
  });
  await clock.advance(2_000);
  expect(wishes).toEqual([cancel]);
  expect(log.lines.map(({ message }) => message)).toEqual(["could not look for commands"]);
});

test("stopped, it takes no notice of a look on its way, looks no more and leaves no timer", async () => {
  const gate = aGate<Wished>();
  const { clock, atMs, wishes, watch } = watching(() => gate.promise);
  await clock.advance(1_000);
  watch.stop();
  gate.open(cancel);
  await settle();
  watch.lookNow();
  await clock.advance(5_000);
  expect([atMs, wishes, clock.sleeping()]).toEqual([[1_000], [], 0]);
});
