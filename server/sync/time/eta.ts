/** Nothing is said before this many fetched days or this much running time: a first guess is worse than none. */
const MIN_DAYS = 5;
const MIN_RUNNING_MS = 10_000;
/** A day's weight halves with every ten days that came after it. */
const HALF_LIFE_DAYS = 10;
/** Half-width of the range in standard errors, and the least share of the estimate it is wide. */
const WIDTH_SIGMA = 1.6;
const MIN_WIDTH = 0.1;

/**
 * Time left from the pace of the fetched days alone. What is measured is the time between one finished day and the next,
 * so days that run side by side are counted as they are, and skipped days do not count at all. Times are monotonic ms.
 */
export interface Eta {
  dayDone(atMs: number): void;
  /** What went before (a walk over the symbols) is no part of the next day's time. */
  restart(atMs: number): void;
  /** Seconds left, low and high, for `remainingDays` fetched days; null while there is too little to go by. */
  range(remainingDays: number, nowMs: number): [number, number] | null;
}

export function createEta(startedAtMs: number): Eta {
  let lastMs = startedAtMs;
  let days = 0;
  let weight = 0;
  let sum = 0;
  let squares = 0;
  const fade = 0.5 ** (1 / HALF_LIFE_DAYS);
  return {
    dayDone(atMs) {
      const gap = Math.max(0, atMs - lastMs);
      lastMs = atMs;
      days += 1;
      weight = weight * fade + 1;
      sum = sum * fade + gap;
      squares = squares * fade + gap * gap;
    },
    restart(atMs) {
      lastMs = Math.max(lastMs, atMs);
    },
    range(remainingDays, nowMs) {
      if (days === 0 || (days < MIN_DAYS && nowMs - startedAtMs < MIN_RUNNING_MS)) return null;
      if (remainingDays === 0) return [0, 0];
      const mean = sum / weight;
      const deviation = Math.sqrt(Math.max(0, squares / weight - mean * mean));
      // The day in work already took its share; one that takes longer than usual pushes the estimate instead of freezing it.
      const spent = nowMs - lastMs;
      const left = mean * (remainingDays - 1) + Math.max(mean - spent, mean * 0.1);
      const width = Math.max(left * MIN_WIDTH, WIDTH_SIGMA * deviation * Math.sqrt(remainingDays));
      return [Math.floor(Math.max(0, left - width) / 1000), Math.ceil((left + width + Math.max(0, spent - mean)) / 1000)];
    },
  };
}
