import { DatabaseAwayError } from "@/server/sync/errors";
import { type Membership, RivalError } from "./membership";
import type { Clock, Log } from "@/server/sync/ports";

/** How often somebody in the way is looked at again: an instance that lives shows it within two seconds. */
const LOOK_AGAIN_MS = 500;

export interface AdmissionOptions {
  clock: Clock;
  log: Log;
  membership: Pick<Membership, "join">;
  fingerprint: string;
  /** For so long an instance counts after its last sign of life. */
  seenWithinMs: number;
  signal: AbortSignal;
}

/**
 * Joins the instances of the database at the start. One of another configuration that was killed is waited for until it no
 * longer counts; one that lives shows it by its next sign of life, and then this throws RivalError. A database that goes away
 * meanwhile is waited for too.
 */
export async function waitForAdmission(options: AdmissionOptions): Promise<void> {
  const { clock, log, membership, signal } = options;
  let sinceMs: number | null = null;
  for (;;) {
    try {
      const { rivals, nowMs } = await membership.join();
      const [first] = rivals;
      if (!first) return;
      if (sinceMs === null)
        log.warn({ rival: first.name, fingerprint: first.fingerprint }, "waiting for an instance of another configuration to go");
      sinceMs ??= nowMs;
      const begunMs = sinceMs;
      const living = rivals.find((rival) => rival.seenMs > begunMs);
      // Whoever gives no sign of life and still counts holds the lease.
      if (living || nowMs - begunMs > options.seenWithinMs) throw new RivalError(living ?? first, options.fingerprint);
    } catch (error) {
      if (!(error instanceof DatabaseAwayError)) throw error;
      log.warn({ err: error.message }, "the database went away, trying again");
    }
    await clock.sleep(LOOK_AGAIN_MS, signal);
  }
}
