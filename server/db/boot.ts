import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "@/server/sync/ports";
import { type Connection, isAway, openPool } from "./connect";
import { migrate } from "./migrate";
import { type Pooler, probePooler, TransactionPoolerError } from "./pooler-probe";

const RETRY_MS = 2_000;
/** Instances that left without a word are forgotten after a day. */
const FORGET_INSTANCES = "DELETE FROM sync_instance WHERE seen_at < clock_timestamp() - interval '1 day'";

/** What the boot found out about the database. */
export interface Booted {
  pooler: Exclude<Pooler, "transaction">;
}

/**
 * Looks how we are connected and brings the database up to this version. While it is away the server runs degraded and this
 * tries again; anything else (a pooler in transaction mode, a newer schema, missing rights) is a fault that waiting does not
 * mend and is thrown.
 */
export async function bootDatabase(connection: Connection, log: Log, signal: AbortSignal): Promise<Booted> {
  for (;;) {
    try {
      // First of all: whatever else we send would leave its settings on the servers of a pooler.
      const { pooler, evidence } = await probePooler(connection);
      signal.throwIfAborted();
      if (pooler === "transaction") throw new TransactionPoolerError(evidence ?? "");
      await prepare(connection, log);
      return { pooler };
    } catch (error) {
      if (!isAway(error)) throw error;
      log.warn({ err: error instanceof Error ? error.message : String(error) }, "the database does not answer yet, trying again");
      await sleep(RETRY_MS, undefined, { signal });
    }
  }
}

/** On connections of their own: a migration may take longer than any answer of the API. */
async function prepare(connection: Connection, log: Log): Promise<void> {
  const pool = openPool({ connection, applicationName: "dayfill:boot", max: 1, statementTimeoutMs: null, log });
  try {
    await migrate(pool, log);
    await pool.query(FORGET_INSTANCES);
  } finally {
    await pool.end();
  }
}
