import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "./sync/ports";

/** The real time, for the domain that must not read it itself. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal: signal as AbortSignal }),
};
