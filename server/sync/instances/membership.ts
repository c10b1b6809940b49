import { instantIn } from "@/lib/contract/instant";
import { differences } from "./fingerprint";

/** The pause between two signs of life of an instance. */
export const BEAT_EVERY_MS = 2_000;
/** However short the lease: an instance is gone only when it missed three beats. */
const BEATS_MISSED = 3;

/** For how long an instance counts after its last sign of life: the life of a lease. */
export function seenWithinMs(leaseTtlMs: number): number {
  return Math.max(leaseTtlMs, BEATS_MISSED * BEAT_EVERY_MS);
}

/** A living instance on the same database whose configuration is another one. */
export interface Rival {
  name: string;
  address: string;
  fingerprint: string;
  /** Unix milliseconds by the database's clock. */
  startedMs: number;
  seenMs: number;
}

/** The instances of one database, as this one takes part in them. */
export interface Membership {
  /** Joins, or names who is in the way; `nowMs` is the database's clock. Of several that join at once with different configurations, one gets in. */
  join(): Promise<{ rivals: Rival[]; nowMs: number }>;
  /** Takes this instance off the list: it stopped cleanly and keeps nobody out. */
  leave(): Promise<void>;
}

/** Two configurations on one database: this instance starts nothing. The message says who, what and what to do. */
export class RivalError extends Error {
  readonly rival: Rival;
  readonly differs: string;

  constructor(rival: Rival, fingerprint: string) {
    const differs = differences(fingerprint, rival.fingerprint);
    super(
      `another Dayfill with a different configuration uses this database: ${rival.name} (${rival.address}, up since ${instantIn("UTC", rival.startedMs)}). ` +
        `It differs in ${differs}. Give both the same SOURCE, CALENDAR, CALENDAR_CLOSED and CALENDAR_OPEN, stop the other one, or use another DATABASE_URL`,
    );
    this.name = "RivalError";
    this.rival = rival;
    this.differs = differs;
  }
}
