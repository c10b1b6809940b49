import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import pg from "pg";
import { DatabaseAwayError, DatabaseBusyError, DiskFullError } from "@/server/sync/errors";
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
  /**
   * A statement without an answer after so long is given up and its connection with it: a half-open line would keep both for
   * a quarter of an hour. Longer than `statementTimeoutMs`, so that a database that is merely slow says so itself. Absent on
   * work connections, where a COPY may take long: they are watched instead.
   */
  answerWithinMs?: number;
  /** Holds every socket of the pool while it is open, also one that is still connecting: whoever must end them all at once needs it. */
  sockets?: Set<Socket>;
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
/** The system's own wait before it looks after a silent line is two hours. */
const KEEPALIVE_AFTER_MS = 5_000;

const backends = new WeakMap<object, number>();

/** The process id of the backend behind a client of `openPool`. The one that came with the cancel key may be a pooler's own. */
export function backendOf(client: pg.ClientBase): number | undefined {
  return backends.get(client);
}

/** Ends a connection whatever it waits for: a backend in COPY listens to nothing else, and `pipeline` hangs on a half-open line. */
export function cutOff(client: pg.ClientBase): void {
  streamOf(client).destroy();
}

/** The socket below a client; pg does not show it in its types. */
export function streamOf(client: pg.ClientBase): Duplex & { bytesRead: number; bytesWritten: number } {
  return (client as unknown as { connection: { stream: Duplex & { bytesRead: number; bytesWritten: number } } }).connection
    .stream;
}

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
    keepAliveInitialDelayMillis: KEEPALIVE_AFTER_MS,
    stream: () => openSocket(options.sockets),
    ...(options.answerWithinMs === undefined ? {} : { query_timeout: options.answerWithinMs }),
    // oxlint-disable-next-line typescript/no-misused-promises -- pg-pool waits for it, its types do not say so
    onConnect: async (client) => {
      client.on("error", (error: Error) =>
        options.log.warn({ err: error.message, pool: options.applicationName }, "database connection lost"),
      );
      // As startup options these are refused by pgbouncer in session mode, so they are set afterwards.
      // The pool stops its own watch before this: a line that dies here would be waited for without end.
      const timer = setTimeout(() => cutOff(client), CONNECT_TIMEOUT_MS);
      const results = (await client
        .query(
          `SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3;
         SET TimeZone = 'UTC'; SET statement_timeout = ${options.statementTimeoutMs ?? 0};
         SELECT pg_backend_pid() AS pid`,
        )
        .finally(() => clearTimeout(timer))) as unknown as pg.QueryResult<{ pid: number }>[];
      backends.set(client, results.at(-1)?.rows[0]?.pid as number);
    },
  });
  pool.on("error", (error) =>
    options.log.warn({ err: error.message, pool: options.applicationName }, "idle database connection lost"),
  );
  return pool;
}

function openSocket(sockets: Set<Socket> | undefined): Socket {
  const socket = new Socket();
  sockets?.add(socket);
  socket.once("close", () => sockets?.delete(socket));
  return socket;
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
  /Connection terminated|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error|not queryable|Client was closed|Query read timeout/;

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

/** SQLSTATE of a lock that did not come, a statement that took too long, and the loser of a deadlock: nothing was wrong with the question. */
const BUSY_STATES = new Set(["55P03", "57014", "40P01"]);

/** True where somebody else's lock or a load kept the answer back. */
export function isBusy(error: unknown): boolean {
  return BUSY_STATES.has(sqlState(error) ?? "");
}

/** SQLSTATE of a disk, or a tablespace, without room. */
const DISK_FULL = "53100";

/** True where the database had no room to write. */
export function isDiskFull(error: unknown): boolean {
  return sqlState(error) === DISK_FULL;
}

/**
 * Runs database work; a lost or refused connection becomes a DatabaseAwayError, an answer that a lock or a load held up a
 * DatabaseBusyError, want of room a DiskFullError, everything else stays what it is.
 */
export async function reaching<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isDiskFull(error)) throw new DiskFullError(error);
    if (isBusy(error)) throw new DatabaseBusyError(error);
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
      // A client whose statement was given up still waits for its answer: a ROLLBACK would only stand behind it.
      if (isAway(error)) broken = error as Error;
      else
        await client.query("ROLLBACK").catch((failed: Error) => {
          broken = failed;
        });
      throw error;
    } finally {
      client.release(broken);
    }
  });
}
