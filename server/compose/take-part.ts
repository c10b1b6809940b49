import { setTimeout as sleep } from "node:timers/promises";
import type { Connection } from "@/server/db/connect";
import { listenToOthers } from "@/server/db/listen";
import { type Hearers, hearingWith } from "./hear-others";
import { waitForAdmission } from "@/server/sync/instances/admission";
import { wordsOf } from "@/server/sync/errors";
import { type Membership, seenWithinMs } from "@/server/sync/instances/membership";
import type { Clock, Log } from "@/server/sync/ports";
import type { Instance } from "@/server/sync/asked/reads";

/** For so long a stop waits until the others know of it. */
const LEAVE_WITHIN_MS = 1_000;

export interface TakePartOptions {
  connection: Connection;
  instance: Instance;
  membership: Membership;
  leaseTtlMs: number;
  clock: Clock;
  log: Log;
}

/** This instance among those of its database: it asks to be let in, hears the others, and says when it goes. */
export function takePartWith({ connection, instance, membership, leaseTtlMs, clock, log }: TakePartOptions) {
  /** A join on its way: the good-bye goes behind it, or the others would see an instance that is gone. */
  let joining: Promise<unknown> = Promise.resolve();
  let listening: { close(): Promise<void> } | null = null;
  return {
    /** Throws RivalError where a living instance has another configuration, or the reason of the signal. */
    async join(signal: AbortSignal): Promise<void> {
      signal.throwIfAborted();
      const { fingerprint } = instance;
      const joined = waitForAdmission({ clock, log, membership, fingerprint, seenWithinMs: seenWithinMs(leaseTtlMs), signal });
      joining = joined.catch(() => {});
      await joined;
      signal.throwIfAborted();
    },
    /** Begins to hear the others. */
    listen(hearers: Hearers): void {
      listening = listenToOthers({
        connection,
        self: instance.id,
        log,
        onWord: hearingWith(hearers),
        onListening() {
          hearers.hub.lookSoon();
          hearers.dispatching.now();
        },
      });
    },
    async stopListening(): Promise<void> {
      await listening?.close();
    },
    /** A database that is away does not hold up the stop: then the others forget this instance by themselves. */
    async leave(): Promise<void> {
      const leaving = joining
        .then(() => membership.leave())
        .catch((error: unknown) => log.warn({ err: wordsOf(error) }, "left without a word"));
      const timer = new AbortController();
      await Promise.race([leaving, sleep(LEAVE_WITHIN_MS, undefined, { signal: timer.signal }).catch(() => {})]);
      timer.abort();
    },
  };
}
