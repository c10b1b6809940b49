import { describe, expect, test } from "vitest";
import type { LeaseLostError } from "@/server/sync/errors";
import { keepLease } from "@/server/sync/run/lease-keeper";
import type { Clock } from "@/server/sync/ports";
import { createFakeClock, settle } from "../../support/clock";
import { aGate, createFakeLog } from "../../support/fakes";

const TTL_MS = 15_000;

/** A keeper whose renewals are answered as the test says; `sent` = when each was sent. */
function keeping(renew: (turn: number) => Promise<boolean>) {
  const clock = createFakeClock();
  const sent: number[] = [];
  const lost: { atMs: number; words: string }[] = [];
  const log = createFakeLog();
  const keeper = keepLease({
    clock,
    log,
    epoch: 7,
    ttlMs: TTL_MS,
    lease: {
      renew: () => {
        sent.push(clock.monotonic());
        return renew(sent.length);
      },
    },
    onLost: (reason: LeaseLostError) => void lost.push({ atMs: clock.monotonic(), words: reason.message }),
  });
  return { clock, sent, lost, keeper, log };
}

const good = async () => true;
const silence = () => new Promise<boolean>(() => {});

describe("the keeper of the lease", () => {
  test("renews every third of the lease's life", async () => {
    const { clock, sent, lost } = keeping(good);
    await clock.advance(20_000);
    expect(sent).toEqual([5_000, 10_000, 15_000, 20_000]);
    expect(lost).toEqual([]);
  });
  test("gives up at once when another epoch holds the lease, and says so once", async () => {
    const { clock, lost } = keeping(async (turn) => turn < 2);
    await clock.advance(60_000);
    expect(lost).toEqual([{ atMs: 10_000, words: "lease lost: epoch 7 was taken over" }]);
    expect(clock.sleeping()).toBe(0);
  });
  test("gives up two thirds of a life after the last good renewal was sent, not answered", async () => {
    const { clock, lost } = keeping(async (turn) => {
      if (turn > 1) return silence();
      await clock.sleep(2_000);
      return true;
    });
    await clock.advance(60_000);
    expect(lost).toEqual([{ atMs: 15_000, words: "lease lost: no good renewal for 10000 ms" }]);
  });
  test("gives up in time while no answer comes at all, and long before a thief may come", async () => {
    const { clock, lost } = keeping(silence);
    await clock.advance(TTL_MS);
    expect(lost.map(({ atMs }) => atMs)).toEqual([10_000]);
  });
  test("does not count an answer that comes after its deadline", async () => {
    const gate = aGate<boolean>();
    const { clock, lost } = keeping((turn) => (turn === 1 ? gate.promise : silence()));
    await clock.advance(9_000);
    gate.open(true);
    await clock.advance(1_000);
    expect(lost).toHaveLength(1);
  });
  test("asks again soon after a refused renewal: one lost answer does not cost the lease", async () => {
    const { clock, sent, lost } = keeping((turn) => (turn === 1 ? Promise.reject(new Error("connection reset")) : good()));
    await clock.advance(60_000);
    expect(sent.slice(0, 3)).toEqual([5_000, 6_000, 11_000]);
    expect(lost).toEqual([]);
  });
  test("asks again soon after a renewal without answer", async () => {
    const { clock, sent, lost, log } = keeping((turn) => (turn === 1 ? silence() : good()));
    await clock.advance(60_000);
    expect(sent[1]).toBe(9_000);
    expect(lost).toEqual([]);
    expect(log.lines.map(({ message }) => message)).toEqual(["lease renewal got no answer"]);
  });
  test("keeps a lease whose renewals are always slow, but answered", async () => {
    const { clock, lost } = keeping(async () => {
      await clock.sleep(2_900);
      return true;
    });
    await clock.advance(120_000);
    expect(lost).toEqual([]);
  });
  test("a process that stood still past its time gives up when it wakes, though nobody has taken over and the renewal is good", async () => {
    const lost: LeaseLostError[] = [];
    const due: { atMs: number; wake(): void }[] = [];
    let nowMs = 0;
    // Nothing wakes while the event loop is blocked; afterwards everything that was due does, in its order.
    const clock: Clock = {
      now: () => nowMs,
      monotonic: () => nowMs,
      giveWay: async () => {},
      sleep: (ms, signal) =>
        new Promise((wake, reject) => {
          due.push({ atMs: nowMs + ms, wake });
          signal?.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
        }),
    };
    const log = createFakeLog();
    keepLease({ clock, log, epoch: 7, ttlMs: TTL_MS, lease: { renew: good }, onLost: (reason) => void lost.push(reason) });
    nowMs = 20_000;
    for (const sleeper of due.splice(0).toSorted((a, b) => a.atMs - b.atMs)) sleeper.wake();
    await settle();
    expect(lost.map(({ message }) => message)).toEqual(["lease lost: no good renewal for 10000 ms"]);
  });
  test("is not deceived when the wall clock jumps", async () => {
    const { clock, lost } = keeping(good);
    clock.setWall(clock.now() + 86_400_000);
    await clock.advance(30_000);
    expect(lost).toEqual([]);
  });
});

describe("a keeper that was stopped", () => {
  test("leaves no timer behind, not even that of a renewal on its way", async () => {
    const { clock, keeper, lost, log } = keeping(silence);
    await clock.advance(6_000);
    keeper.stop();
    await clock.advance(0);
    expect(clock.sleeping()).toBe(0);
    await clock.advance(60_000);
    expect(lost).toEqual([]);
    expect(log.lines).toEqual([]);
  });
  test("takes no notice of what the last renewal answers", async () => {
    const gate = aGate<boolean>();
    const { clock, keeper, lost } = keeping(() => gate.promise);
    await clock.advance(5_500);
    keeper.stop();
    gate.open(false);
    await clock.advance(60_000);
    expect(lost).toEqual([]);
  });
});
