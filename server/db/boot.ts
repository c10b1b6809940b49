import type pg from "pg";
import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "@/server/sync/ports";
import { isAway } from "./connect";
import { migrate } from "./migrate";

const RETRY_MS = 2_000;
/** Instances that left without a word are forgotten after a day. */
const FORGET_INSTANCES = "DELETE FROM sync_instance WHERE seen_at < clock_timestamp() - interval '1 day'";

/**
 * Brings the database up to this version. While it is away the server runs degraded and this tries again; anything else
 * (a newer schema, missing rights) is a fault that waiting does not mend and is thrown.
 */
export async function bootDatabase(pool: pg.Pool, log: Log, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      await migrate(pool, log);
      await pool.query(FORGET_INSTANCES);
      return;
    } catch (error) {
      if (!isAway(error)) throw error;
      log.warn({ err: error instanceof Error ? error.message : String(error) }, "the database does not answer yet, trying again");
      await sleep(RETRY_MS, undefined, { signal });
    }
  }
}
