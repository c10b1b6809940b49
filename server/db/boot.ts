import type pg from "pg";
import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "@/server/sync/ports";
import { isAway } from "./connect";
import { migrate } from "./migrate";
import { readTableShape, refuseUnfitTable, type TableShape } from "./table-shape";

const RETRY_MS = 2_000;
/** Instances that left without a word are forgotten after a day. */
const FORGET_INSTANCES = "DELETE FROM sync_instance WHERE seen_at < clock_timestamp() - interval '1 day'";

/**
 * Brings the database up to this version and looks at the table. While it is away the server runs degraded and this tries
 * again; anything else (a newer schema, missing rights, a table that cannot be filled) is a fault that waiting does not mend
 * and is thrown.
 */
export async function bootDatabase(pool: pg.Pool, log: Log, signal: AbortSignal): Promise<TableShape> {
  return untilReached(log, signal, async () => {
    await migrate(pool, log);
    await pool.query(FORGET_INSTANCES);
    const shape = await readTableShape(pool);
    refuseUnfitTable(shape);
    return shape;
  });
}

/** Does the work again until the database answers; every other error is thrown. */
export async function untilReached<T>(log: Log, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isAway(error)) throw error;
      log.warn({ err: error instanceof Error ? error.message : String(error) }, "the database does not answer yet, trying again");
      await sleep(RETRY_MS, undefined, { signal });
    }
  }
}
