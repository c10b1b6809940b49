import { adoptExistingDays, type Adopted, type AdoptOptions } from "@/server/db/adopt-days";
import { untilReached } from "@/server/db/boot";
import type { Adopting } from "@/server/http/ports";

/** A lease that runs out is seen to have done so this much later. */
const LEASE_GRACE_MS = 2_000;

export interface AdoptionOptions extends Omit<AdoptOptions, "dateIndex" | "waitMs" | "onProgress"> {
  leaseTtlMs: number;
}

/** The adoption of this boot: days that were in the table before us come to the ledger before anything may be planned. */
export function createAdoption(options: AdoptionOptions) {
  const { log, signal } = options;
  let progress: Adopting | null = null;
  let underWay: Promise<unknown> = Promise.resolve();
  const waitMs = options.leaseTtlMs + LEASE_GRACE_MS;
  const onProgress = (done: number, of: number | null) => {
    progress = { done, of };
  };

  return {
    /** How far it is; null = there is nothing to adopt, or no more. */
    progress: () => progress,
    /** Why the server is not ready yet, for `/readyz`. */
    why: () =>
      progress &&
      `adopting ${progress.of === null ? "the days" : `${progress.of} days`} of an existing table (${progress.done} counted)`,
    /** Waits while the database is away; rejects on faults that waiting does not mend, and when the server stops. */
    async run(dateIndex: boolean): Promise<Adopted> {
      const adopting = untilReached(log, signal, () => adoptExistingDays({ ...options, dateIndex, waitMs, onProgress }));
      underWay = adopting.catch(() => {});
      const adopted = await adopting;
      progress = null;
      return adopted;
    },
    /** Waits until nothing of it is under way in the database any more; the signal ends it. */
    ended: () => underWay,
  };
}
