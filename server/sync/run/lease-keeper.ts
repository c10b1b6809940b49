import { LeaseLostError, wordsOf } from "@/server/sync/errors";
import type { LeaseStore } from "@/server/sync/lease-ports";
import type { Clock, Log } from "@/server/sync/ports";

/** Shares of the lease's life: the pause between renewals, the wait for an answer, and the pause after one that failed. */
const RENEW_EVERY = 1 / 3;
const ANSWER_WITHIN = 1 / 5;
const AGAIN_AFTER = 1 / 15;
const GIVE_UP_AFTER = 2 / 3;

export interface LeaseKeeperOptions {
  clock: Clock;
  lease: Pick<LeaseStore, "renew">;
  epoch: number;
  ttlMs: number;
  log: Log;
  /** Called once: from now on this process writes nothing more. */
  onLost(reason: LeaseLostError): void;
}

/**
 * Renews the lease every third of its life, and soon again when a renewal failed: one lost answer must not cost the lease.
 * It gives up on its own when two thirds have passed since the last good renewal was *sent*, by a clock that never jumps:
 * the answer may be old, the database may be gone, and the thief is due soon.
 */
export function keepLease(options: LeaseKeeperOptions): { stop(): void } {
  const { clock, lease, epoch, ttlMs, log } = options;
  const stopped = new AbortController();
  const giveUpAfterMs = ttlMs * GIVE_UP_AFTER;
  let lastGoodSentMs = clock.monotonic();

  const lose = (why: string) => {
    if (stopped.signal.aborted) return;
    stopped.abort(new Error("lease lost"));
    options.onLost(new LeaseLostError(why));
  };

  async function renewOnce(): Promise<boolean> {
    const sentMs = clock.monotonic();
    const answered = new AbortController();
    const timer = AbortSignal.any([answered.signal, stopped.signal]);
    try {
      const held = await Promise.race([lease.renew(epoch), clock.sleep(ttlMs * ANSWER_WITHIN, timer).then(() => null)]);
      if (held === true) lastGoodSentMs = sentMs;
      else if (held === false) lose(`epoch ${epoch} was taken over`);
      else log.warn({ epoch }, "lease renewal got no answer");
      return held === true;
    } catch (error) {
      if (stopped.signal.aborted) return false;
      log.warn({ epoch, err: wordsOf(error) }, "lease renewal failed");
      return false;
    } finally {
      answered.abort(new Error("answered"));
    }
  }

  async function renewing(): Promise<void> {
    let waitMs = ttlMs * RENEW_EVERY;
    while (!stopped.signal.aborted) {
      await clock.sleep(waitMs, stopped.signal);
      const sentMs = clock.monotonic();
      const renewed = await renewOnce();
      // From sending to sending: slow answers must not stretch the pause.
      waitMs = renewed ? Math.max(0, sentMs + ttlMs * RENEW_EVERY - clock.monotonic()) : ttlMs * AGAIN_AFTER;
    }
  }

  async function watching(): Promise<void> {
    while (!stopped.signal.aborted) {
      const leftMs = lastGoodSentMs + giveUpAfterMs - clock.monotonic();
      if (leftMs <= 0) return lose(`no good renewal for ${giveUpAfterMs} ms`);
      await clock.sleep(leftMs, stopped.signal);
    }
  }

  // Both loops end by the abort of `stopped`, which rejects their sleep.
  renewing().catch(() => {});
  watching().catch(() => {});
  return { stop: () => stopped.abort(new Error("stopped")) };
}
