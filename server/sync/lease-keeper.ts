import { LeaseLostError } from "./errors";
import type { Clock, LeaseStore, Log } from "./ports";

/** A renewal that got no answer within this time counts as not sent. */
const RENEW_DEADLINE_MS = 3_000;

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
 * Renews the lease every third of its life. It gives up on its own when two thirds have passed since the last good renewal
 * was *sent*, by a clock that never jumps: the answer may be old, the database may be gone, and the thief is due soon.
 */
export function keepLease(options: LeaseKeeperOptions): { stop(): void } {
  const { clock, lease, epoch, ttlMs, log } = options;
  const stopped = new AbortController();
  const giveUpAfterMs = (ttlMs * 2) / 3;
  let lastGoodSentMs = clock.monotonic();

  const lose = (why: string) => {
    if (stopped.signal.aborted) return;
    stopped.abort(new Error("lease lost"));
    options.onLost(new LeaseLostError(why));
  };

  async function renewOnce(): Promise<void> {
    const sentMs = clock.monotonic();
    const answered = new AbortController();
    try {
      const held = await Promise.race([lease.renew(epoch), clock.sleep(RENEW_DEADLINE_MS, answered.signal).then(() => null)]);
      if (held === true) lastGoodSentMs = sentMs;
      else if (held === false) lose(`epoch ${epoch} was taken over`);
      else log.warn({ epoch }, "lease renewal got no answer");
    } catch (error) {
      log.warn({ epoch, err: error instanceof Error ? error.message : String(error) }, "lease renewal failed");
    } finally {
      answered.abort(new Error("answered"));
    }
  }

  async function renewing(): Promise<void> {
    while (!stopped.signal.aborted) {
      await clock.sleep(ttlMs / 3, stopped.signal);
      await renewOnce();
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
