import { MAX_DAYS } from "@/server/sync/range/chunks";
import type { FinishedRun } from "@/server/sync/task/task-record";

/** Nothing is said before so many symbols and so much time: a first guess is worse than none. */
const MIN_SYMBOLS = 30;
const MIN_WALKING_MS = 10_000;
/** Half-width of the range: symbols take much the same time each. */
const WIDTH = 0.15;
/** A day out of the stage is stored in well under a second; a slow disk takes this. */
const LONGEST_STORE_MS = 3_000;

/**
 * Seconds for so many walks over the symbols and the storing of the days behind them, low and high. A walk takes its time
 * by the symbols, whether for one day or for a year of them; what of an earlier task was storing is not known, so that the
 * range holds both. `symbols` null = as many as those tasks had.
 */
export function predictWalks(
  work: { walks: number; days: number; symbols: number | null },
  runs: readonly FinishedRun[],
): [number, number] {
  const told = runs.map(({ seconds, days, rowsPerDay }) => {
    // Each row of a day is a symbol.
    const share = (work.symbols ?? rowsPerDay) / Math.max(1, rowsPerDay) / Math.ceil(days / MAX_DAYS);
    const perDay = Math.min(LONGEST_STORE_MS / 1000, seconds / days);
    const walking = Math.max(seconds / 2, seconds - perDay * days);
    return { low: walking * share, high: seconds * share, perDay };
  });
  const most = (of: "high" | "perDay") => Math.max(...told.map((one) => one[of]));
  return [work.walks * Math.min(...told.map(({ low }) => low)), work.walks * most("high") + work.days * most("perDay")];
}

/** Time left of the walk over the symbols of a chunk, by the pace of this run. Times are monotonic ms. */
export interface WalkEta {
  /** So many symbols are whole; those of an earlier run, told first, do not count into the pace. */
  progressed(done: number, of: number, atMs: number): void;
  /** Seconds left, low and high, the storing of the days behind it included; null while there is too little to go by. */
  range(daysToStore: number, nowMs: number): [number, number] | null;
}

export function createWalkEta(): WalkEta {
  let begun: { done: number; atMs: number } | null = null;
  let now = { done: 0, of: 0 };
  return {
    progressed(done, of, atMs) {
      begun ??= { done, atMs };
      now = { done, of };
    },
    range(daysToStore, nowMs) {
      if (!begun) return null;
      const walkedMs = nowMs - begun.atMs;
      const symbols = now.done - begun.done;
      if (symbols < MIN_SYMBOLS || walkedMs < MIN_WALKING_MS) return null;
      const left = (walkedMs / symbols) * (now.of - now.done);
      return [Math.floor((left * (1 - WIDTH)) / 1000), Math.ceil((left * (1 + WIDTH) + daysToStore * LONGEST_STORE_MS) / 1000)];
    },
  };
}
