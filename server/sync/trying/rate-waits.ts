/** Waits where the source does not say how long: doubling from the first to the longest, with jitter. */
const FIRST_MS = 5_000;
const LONGEST_MS = 60_000;
const JITTER = 0.25;
/** A source that says "at once" is asked at once, but never in a loop: where that was not long enough the wait doubles too. */
const SHORTEST_MS = 1_000;
/** So long one day waits for its rate in all; a longer wait is a pause of the task. */
export const RATE_PATIENCE_MS = 15 * 60_000;

/** The waits of one day for a source that limits its rate. They cost no attempt. */
export function createRateWaits() {
  let waitedMs = 0;
  let untoldMs = FIRST_MS;
  let leastMs = SHORTEST_MS;
  return {
    /** The next wait in milliseconds, at least as told where it was told; null = the patience of the day is used up. */
    next(toldMs: number | null): number | null {
      const waitMs = toldMs === null ? Math.round(untoldMs * (1 + JITTER * (2 * Math.random() - 1))) : Math.max(leastMs, toldMs);
      if (toldMs === null) untoldMs = Math.min(LONGEST_MS, untoldMs * 2);
      else leastMs = Math.min(LONGEST_MS, leastMs * 2);
      if (waitedMs + waitMs > RATE_PATIENCE_MS) return null;
      waitedMs += waitMs;
      return waitMs;
    },
  };
}
