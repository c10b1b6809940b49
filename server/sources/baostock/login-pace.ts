import type { Clock } from "@/server/sync/ports";

const MINUTE_MS = 60_000;
/** More than these in any minute never: an address that opens many lines in a short time is blacklisted. */
export const MAX_LOGINS_A_MINUTE = 6;
/** From one login to the next, by the number of logins in the minute before. One line for a whole walk is the rule, and waits for nothing. */
const GAPS_MS = [0, 500, 2_000, 5_000, 10_000, 20_000];
const JITTER = 0.25;

/**
 * Keeps logins (each on a line of its own, as a rule) apart: the first of a while is free, those behind it wait longer and
 * longer, with jitter. `take` resolves when the next one may begin, or rejects with the reason of the signal.
 */
export function createLoginPace(clock: Pick<Clock, "monotonic" | "sleep">): { take(signal: AbortSignal): Promise<void> } {
  /** Logins of the last minute, oldest first. */
  let recent: number[] = [];

  function waitMs(): number {
    const now = clock.monotonic();
    recent = recent.filter((atMs) => now - atMs < MINUTE_MS);
    const oldest = recent[0];
    const last = recent.at(-1);
    if (oldest === undefined || last === undefined) return 0;
    if (recent.length >= MAX_LOGINS_A_MINUTE) return oldest + MINUTE_MS - now;
    const gapMs = (GAPS_MS[recent.length] ?? MINUTE_MS) * (1 + JITTER * (2 * Math.random() - 1));
    return Math.max(0, last + gapMs - now);
  }

  return {
    async take(signal) {
      signal.throwIfAborted();
      const ms = Math.ceil(waitMs());
      if (ms > 0) await clock.sleep(ms, signal);
      recent.push(clock.monotonic());
    },
  };
}
