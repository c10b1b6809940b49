import type { Clock } from "@/server/sync/ports";

interface Sleeper {
  dueMs: number;
  wake(): void;
}

/** 2024-03-05 12:00 in Shanghai: a Tuesday. */
export const NOON_MS = Date.UTC(2024, 2, 5, 4);

/** More turns than any test needs: a loop that never ends is told, not waited for. */
const MAX_TURNS = 20_000;

export interface FakeClock extends Clock {
  /** Lets so much time pass, waking sleepers one after the other at their own time. */
  advance(ms: number): Promise<void>;
  /** Goes from sleeper to sleeper until the promise settles; fails when nothing is left that could wake it. */
  drive<T>(promise: Promise<T>): Promise<T>;
  /** Sleepers that wait at this moment. */
  sleeping(): number;
  /** Sets the wall clock without a moment passing. */
  setWall(unixMs: number): void;
}

/** Everything that can happen without time passing happens. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** Time that passes only when a test says so. */
export function createFakeClock(startMs = NOON_MS): FakeClock {
  let passedMs = 0;
  let wallMs = startMs;
  const sleepers = new Set<Sleeper>();

  const next = () =>
    [...sleepers].reduce<Sleeper | null>((first, one) => (first && first.dueMs <= one.dueMs ? first : one), null);

  function goTo(dueMs: number): void {
    wallMs += dueMs - passedMs;
    passedMs = dueMs;
  }

  async function wakeNext(untilMs: number): Promise<boolean> {
    const first = next();
    if (!first || first.dueMs > untilMs) return false;
    sleepers.delete(first);
    goTo(Math.max(passedMs, first.dueMs));
    first.wake();
    await settle();
    return true;
  }

  return {
    now: () => wallMs,
    monotonic: () => passedMs,
    giveWay: () => settle(),
    sleep(ms, signal) {
      return new Promise<void>((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason as Error);
        const onAbort = () => {
          if (sleepers.delete(sleeper)) reject(signal?.reason as Error);
        };
        const sleeper: Sleeper = {
          dueMs: passedMs + ms,
          wake() {
            signal?.removeEventListener("abort", onAbort);
            resolve();
          },
        };
        sleepers.add(sleeper);
        signal?.addEventListener("abort", onAbort, { once: true });
      });
    },
    async advance(ms) {
      await settle();
      const untilMs = passedMs + ms;
      while (await wakeNext(untilMs));
      goTo(untilMs);
      await settle();
    },
    async drive(promise) {
      const work = { settled: false };
      promise
        .catch(() => {})
        .finally(() => {
          work.settled = true;
        });
      await settle();
      for (let turn = 0; !work.settled; turn += 1) {
        if (turn > MAX_TURNS) throw new Error("the work never ends");
        if (!(await wakeNext(Number.POSITIVE_INFINITY))) throw new Error("the work is stuck: nothing is left that could wake it");
      }
      return promise;
    },
    sleeping: () => sleepers.size,
    setWall(unixMs) {
      wallMs = unixMs;
    },
  };
}
