import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "./sync/ports";

/** The real time, for the domain that must not read it itself. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  giveWay: () => nextTurn(),
  async sleep(ms, signal) {
    try {
      await sleep(ms, undefined, signal ? { signal } : {});
    } catch (error) {
      // The timer hides the reason behind an AbortError of its own.
      throw signal?.aborted ? signal.reason : error;
    }
  },
};
