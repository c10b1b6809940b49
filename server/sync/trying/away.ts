import { DatabaseAwayError } from "@/server/sync/errors";
import type { Clock, Log } from "@/server/sync/ports";

/** Wait before the database is asked again; the lease decides when it is enough. */
const AWAY_WAIT_MS = 1_000;

export interface AwayOptions {
  clock: Clock;
  log: Log;
  taskId: string;
  /** Ends the waiting with its reason; work under way is not cut. */
  signal: AbortSignal;
}

/** A database that is away is no verdict: the same work again until it answers. Whatever else goes wrong is thrown as it came. */
export async function whileAway<T>(options: AwayOptions, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof DatabaseAwayError)) throw error;
      options.log.warn({ task_id: options.taskId, err: error.message }, "database away, trying again");
      await options.clock.sleep(AWAY_WAIT_MS, options.signal);
    }
  }
}
