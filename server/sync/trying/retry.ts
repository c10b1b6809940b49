import type { Clock } from "@/server/sync/ports";

/** Waits before the second and the third attempt; there is no fourth. */
const WAITS_MS = [1_000, 4_000];
const JITTER = 0.25;

export interface RetryOptions {
  clock: Clock;
  signal: AbortSignal;
  /** The number of the first attempt, 1 unless said: work that was only made to wait goes on counting where it was. */
  firstAttempt?: number;
  /** The least wait after this failure in milliseconds, where somebody asked for one. */
  atLeastMs?(error: unknown): number;
  /** False = this failure is final, no further attempt. */
  worthRetrying(error: unknown): boolean;
  onAttempt(attempt: number): void;
  onWait(error: unknown, waitMs: number): void;
}

/** Runs `work` up to three times with growing, jittered waits; the last failure is thrown as it came. */
export async function withRetry<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  for (let attempt = options.firstAttempt ?? 1; ; attempt += 1) {
    options.signal.throwIfAborted();
    options.onAttempt(attempt);
    try {
      return await work();
    } catch (error) {
      const wait = WAITS_MS[attempt - 1];
      if (options.signal.aborted || wait === undefined || !options.worthRetrying(error)) throw error;
      const jittered = Math.round(wait * (1 + JITTER * (2 * Math.random() - 1)));
      const waitMs = Math.max(jittered, options.atLeastMs?.(error) ?? 0);
      options.onWait(error, waitMs);
      await options.clock.sleep(waitMs, options.signal);
    }
  }
}
