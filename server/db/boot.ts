import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "@/server/sync/ports";
import { type Connection, isAway, openPool } from "./connect";
import { migrate } from "./migrate";
import { type Pooler, probePooler, TransactionPoolerError } from "./pooler-probe";
import { readTableShape, refuseUnfitTable, type TableShape } from "./table-shape";

const RETRY_MS = 2_000;
/** Instances that left without a word are forgotten after a day. */
const FORGET_INSTANCES = "DELETE FROM sync_instance WHERE seen_at < clock_timestamp() - interval '1 day'";

/** What the boot found out about the database. */
export interface Booted {
  pooler: Exclude<Pooler, "transaction">;
  /** What the table of rows is like. */
  shape: TableShape;
}

/**
 * Looks how we are connected, brings the database up to this version and looks at the table. While it is away the server
 * runs degraded and this tries again; anything else (a pooler in transaction mode, a newer schema, missing rights, a table
 * that cannot be filled) is a fault that waiting does not mend and is thrown.
 */
export async function bootDatabase(connection: Connection, log: Log, signal: AbortSignal): Promise<Booted> {
  return untilReached(log, signal, async () => {
    // First of all: whatever else we send would leave its settings on the servers of a pooler.
    const { pooler, evidence } = await probePooler(connection);
    signal.throwIfAborted();
    if (pooler === "transaction") throw new TransactionPoolerError(evidence ?? "");
    return { pooler, shape: await prepare(connection, log) };
  });
}

/** Does the work again until the database answers; every other error is thrown, and the reason of the signal. */
export async function untilReached<T>(log: Log, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  for (;;) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (!isAway(error) || signal.aborted) throw error;
      log.warn({ err: error instanceof Error ? error.message : String(error) }, "the database does not answer yet, trying again");
      await sleep(RETRY_MS, undefined, { signal });
    }
  }
}

/** On connections of their own: a migration may take longer than any answer of the API. */
async function prepare(connection: Connection, log: Log): Promise<TableShape> {
  const pool = openPool({ connection, applicationName: "dayfill:boot", max: 1, statementTimeoutMs: null, log });
  try {
    await migrate(pool, log);
    await pool.query(FORGET_INSTANCES);
    const shape = await readTableShape(pool);
    refuseUnfitTable(shape);
    return shape;
  } finally {
    await pool.end();
  }
}
