import pg from "pg";
import { DatabaseAwayError, DiskFullError } from "@/server/sync/errors";
import type { Log } from "@/server/sync/ports";

/** Where the database is: a URL, or the socket directory of the embedded one. */
export type Connection =
  | { connectionString: string }
  | { host: string; port?: number; user: string; database: string; password?: string };

export interface PoolOptions {
  connection: Connection;
  /** Shown in pg_stat_activity; work connections bear their epoch in it. */
  applicationName: string;
  max: number;
  /** A statement on this pool may take so long; null = as long as it needs. */
  statementTimeoutMs: number | null;
  log: Log;
}

/** Dates and 64-bit numbers arrive as text: a DATE parsed to a Date becomes the day before east of UTC. */
const AS_TEXT = new Set<number>([pg.types.builtins.DATE, pg.types.builtins.INT8, pg.types.builtins.NUMERIC]);
const types = {
  getTypeParser: (oid: number, format?: "text" | "binary") =>
    AS_TEXT.has(oid) ? (value: string) => value : pg.types.getTypeParser(oid, format),
};

const CONNECT_TIMEOUT_MS = 5_000;
const IDLE_TIMEOUT_MS = 30_000;

/**
 * A pool whose clients are fit for long work: keepalives on both sides (a half-open line is noticed in seconds, not
 * hours), bounded waits, and an error listener on every client, for one that dies without it takes the process along.
 */
export function openPool(options: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    ...options.connection,
    types,
    application_name: options.applicationName,
    max: options.max,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    keepAlive: true,
    // oxlint-disable-next-line typescript/no-misused-promises -- pg-pool waits for it, its types do not say so
    onConnect: async (client) => {
      client.on("error", (error: Error) =>
        options.log.warn({ err: error.message, pool: options.applicationName }, "database connection lost"),
      );
      // As startup options these are refused by pgbouncer in session mode, so they are set afterwards.
      await client.query(
        `SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3;
         SET TimeZone = 'UTC'; SET statement_timeout = ${options.statementTimeoutMs ?? 0}`,
      );
    },
  });
  pool.on("error", (error) =>
    options.log.warn({ err: error.message, pool: options.applicationName }, "idle database connection lost"),
  );
  return pool;
}

/** SQLSTATE classes that mean "no database there right now": connection exceptions, shutdown, too many connections. */
const AWAY_STATES = /^(08|57P0[1-4]|53300)/;
const AWAY_CODES = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ENOENT",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ECONNABORTED",
]);
const AWAY_WORDS =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable|Client was closed/;

/** SQLSTATE of a PostgreSQL error, if it is one. */
export function sqlState(error: unknown): string | null {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) ? code : null;
}

/** True where the database was not reached, as opposed to having refused. */
export function isAway(error: unknown): boolean {
  if (error instanceof DatabaseAwayError) return true;
  const state = sqlState(error);
  if (state && AWAY_STATES.test(state)) return true;
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code === "string" && AWAY_CODES.has(code)) return true;
  return error instanceof Error && AWAY_WORDS.test(error.message);
}

/** SQLSTATE of a disk, or a tablespace, without room. */
const DISK_FULL = "53100";

/** True where the database had no room to write. */
export function isDiskFull(error: unknown): boolean {
  return sqlState(error) === DISK_FULL;
}

/**
 * Runs database work; a lost or refused connection becomes a DatabaseAwayError, want of room a DiskFullError, everything else
 * stays what it is.
 */
export async function reaching<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isDiskFull(error)) throw new DiskFullError(error);
    throw isAway(error) && !(error instanceof DatabaseAwayError) ? new DatabaseAwayError(error) : error;
  }
}

/**
 * One transaction on a client of the pool. A client whose ROLLBACK fails is destroyed, never handed to the next borrower
 * with an open transaction.
 */
export async function transaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>, begin = "BEGIN"): Promise<T> {
  return reaching(async () => {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      await client.query(begin);
      const result = await work(client);
      await client.query("COMMIT");
      return result;
    } catch (error) {
      await client.query("ROLLBACK").catch((failed: Error) => {
        broken = failed;
      });
      throw error;
    } finally {
      client.release(broken);
    }
  });
}
