import { type Rival, RivalError } from "@/server/sync/instances/membership";
import type { Log } from "@/server/sync/ports";
import type { Instance } from "@/server/sync/asked/reads";

/** Instances of another configuration on this database: their coming is said once in the log, and once that they went. */
export function watchRivals(instance: Pick<Instance, "fingerprint">, log: Log) {
  let rival: RivalError | null = null;
  return {
    /** The one that keeps this instance out; null = there is none. */
    rival: () => rival,
    /** Those that the last look at the database saw. */
    saw([first]: readonly Rival[]): void {
      if (first && first.name !== rival?.rival.name) {
        const met = new RivalError(first, instance.fingerprint);
        log.error({ rival: first.name, fingerprint: first.fingerprint }, `nothing is started here: ${met.message}`);
        rival = met;
      } else if (!first && rival) {
        log.info({ rival: rival.rival.name }, "the instance of another configuration is gone");
        rival = null;
      }
    },
  };
}
