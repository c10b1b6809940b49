import type { Clock } from "@/server/sync/ports";
import { systemClock } from "@/server/system-clock";

/** A minute of waiting passes in 1.2 s. */
const TIMES_FASTER = 50;

/** A lease and a deadline that outlast a slow machine although their time runs so much faster: 8 s and 72 s of ours. */
export const FOR_HASTY_CLOCK = { LEASE_TTL_MS: "600000", DAY_TIMEOUT_MS: "3600000" };

export interface HastyClock extends Clock {
  /** Sets the wall clock without a moment passing. */
  setWall(unixMs: number): void;
  /** Lets so much time pass at once, for whoever looks at a clock; sleepers sleep on. */
  skip(ms: number): void;
}

/**
 * For a whole instance that has to wait in earnest: sleeps are fifty times as quick, and the wall clock stands still, so that
 * every time it tells is known to the second.
 */
export function createHastyClock(startMs: number): HastyClock {
  let wallMs = startMs;
  let skippedMs = 0;
  return {
    now: () => wallMs,
    monotonic: () => performance.now() * TIMES_FASTER + skippedMs,
    sleep: (ms, signal) => systemClock.sleep(ms / TIMES_FASTER, signal),
    giveWay: systemClock.giveWay,
    setWall(unixMs) {
      wallMs = unixMs;
    },
    skip(ms) {
      wallMs += ms;
      skippedMs += ms;
    },
  };
}
