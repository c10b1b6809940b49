import type pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import type { Day } from "@/lib/contract/day";
import { SourceError } from "@/server/sync/errors";
import type { CopiedDay, ForeignTable } from "@/server/sync/range/foreign-table";
import type { Log } from "@/server/sync/ports";
import { openPool, cutOff } from "./connect";
import { foreignRefusal, misconfigured } from "./foreign-refusal";
import { rollback } from "./store-day";
import { identityOf, isSameTable, type TableIdentity } from "./table-identity";
import { quoted, quotedTable } from "./table-name";

/** A day of 5,400 rows has some 600 kB; the cap is for a table of ticks under the wrong name. */
const MAX_DAY_BYTES = 256 * 1024 * 1024;
const MEBIBYTE = 1024 * 1024;
const LINE_FEED = 10;
/** A task fetches one day at a time; the second connection is for a look beside it. */
const CONNECTIONS = 2;

export interface ForeignTableOptions {
  /** A secret. */
  url: string;
  /** `schema.table`, as the operator wrote it. */
  table: string;
  /** Of the exchange: a day of timestamps with a zone begins at its midnight. */
  zone: string;
  statementTimeoutMs: number;
  /** The table that is filled: reading that one would copy it onto itself. */
  target(): Promise<TableIdentity | null>;
  log: Log;
  maxDayBytes?: number;
}

interface Column {
  name: string;
  type: string;
}

/** Opens another database for reading, by a pool of its own; the first connection is made when the first day is read. */
export function openForeignTable(options: ForeignTableOptions): ForeignTable {
  const { zone, statementTimeoutMs, maxDayBytes = MAX_DAY_BYTES } = options;
  const name = quotedTable(options.table);
  if (name === null) throw misconfigured("POSTGRES_SOURCE_TABLE", `expected schema.table, got ${options.table}`);
  const pool = openPool({
    connection: { connectionString: options.url },
    applicationName: "dayfill:source",
    max: CONNECTIONS,
    statementTimeoutMs,
    log: options.log,
  });
  let isOther = false;

  async function refuseTarget(client: pg.PoolClient): Promise<void> {
    if (isOther) return;
    const source = await identityOf(client, name as string);
    if (source === null) throw misconfigured("POSTGRES_SOURCE_TABLE", `there is no table ${options.table} in that database`);
    const target = await options.target().catch(() => null);
    if (target && isSameTable(source, target)) {
      throw misconfigured("POSTGRES_SOURCE_TABLE", `${options.table} is the very table that is filled here: name another one`);
    }
    isOther = target !== null;
  }

  async function readDay(
    client: pg.PoolClient,
    ...[day, choose, { signal, onRows }]: Parameters<ForeignTable["readDay"]>
  ): Promise<CopiedDay> {
    await refuseTarget(client);
    // A backend that computes for us notices within two seconds that we are gone; servers before 14 do not know the setting.
    await client.query("SET client_connection_check_interval = '2s'").catch(() => {});
    await client.query(`BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
      SET LOCAL TimeZone = '${zone}'; SET LOCAL client_encoding = 'UTF8'; SET LOCAL extra_float_digits = 1`);
    const columns = await columnsOf(client, name as string);
    const choice = choose(columns.map((column) => column.name));
    const condition = dayCondition(columns, choice.dayColumn, day);
    const copy = client.query(
      copyTo(`COPY (SELECT ${choice.columns.map(quoted).join(", ")} FROM ${name} WHERE ${condition}) TO STDOUT`),
    );
    // A connection that is cut while nobody reads any more would otherwise end the process.
    copy.on("error", () => {});
    const stop = () => void copy.destroy(signal.reason as Error);
    signal.addEventListener("abort", stop, { once: true });
    try {
      const { text, rows } = await collect(copy, maxDayBytes, onRows);
      // The number of the command's tag comes behind the last byte; COMMIT waits for it.
      await client.query("COMMIT");
      if (copy.rowCount !== rows) {
        throw new SourceError("broken", { kind: "protocol", detail: `COPY sent ${rows} of ${copy.rowCount} rows` });
      }
      return { text, rows };
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  return {
    async readDay(day, choose, { signal, onRows }) {
      const client = await connect(pool, signal).catch((error: unknown) => {
        signal.throwIfAborted();
        throw foreignRefusal(error, statementTimeoutMs);
      });
      let broken: Error | undefined;
      const cut = () => cutOff(client);
      signal.addEventListener("abort", cut, { once: true });
      try {
        signal.throwIfAborted();
        return await readDay(client, day, choose, { signal, onRows });
      } catch (error) {
        // A COPY that nobody read to its end leaves a connection that is good for nothing else.
        if (signal.aborted || error instanceof SourceError) broken = error as Error;
        else broken = await rollback(client);
        if (broken) cutOff(client);
        signal.throwIfAborted();
        throw foreignRefusal(error, statementTimeoutMs);
      } finally {
        signal.removeEventListener("abort", cut);
        client.release(broken);
      }
    },
    close: () => pool.end(),
  };
}

/** A client, or the reason of the abort at once; a client that comes too late goes back. */
async function connect(pool: pg.Pool, signal: AbortSignal): Promise<pg.PoolClient> {
  signal.throwIfAborted();
  const connecting = pool.connect();
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([connecting, aborted]);
  } catch (error) {
    connecting.then(
      (late) => late.release(),
      () => {},
    );
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Names and types; of a domain the type below it. */
async function columnsOf(client: pg.PoolClient, table: string): Promise<Column[]> {
  const { rows } = await client.query<Column>(
    `SELECT a.attname AS name, coalesce(nullif(t.typbasetype, 0), t.oid)::regtype::text AS type
       FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
      WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
    [table],
  );
  return rows;
}

/** The rows of a day, however the table writes it, so that an index on that column is of use. The day is a checked `YYYY-MM-DD`. */
function dayCondition(columns: Column[], name: string, day: Day): string {
  const column = quoted(name);
  const compact = day.replaceAll("-", "");
  const type = columns.find((one) => one.name === name)?.type ?? "";
  if (type === "date") return `${column} = DATE '${day}'`;
  if (type.startsWith("timestamp")) return `${column} >= DATE '${day}' AND ${column} < DATE '${day}' + 1`;
  if (/^(text|character varying|character)$/.test(type)) return `${column} IN ('${day}', '${compact}')`;
  if (/^(integer|bigint|numeric)$/.test(type)) return `${column} = ${compact}`;
  throw misconfigured("POSTGRES_SOURCE_COLUMNS", `${name} is ${type}, expected a date, timestamp, text or number like 20240102`);
}

async function collect(copy: AsyncIterable<Buffer>, maxBytes: number, onRows: (done: number) => void): Promise<CopiedDay> {
  const parts: Buffer[] = [];
  let [bytes, rows] = [0, 0];
  for await (const part of copy) {
    bytes += part.length;
    if (bytes > maxBytes) {
      const limit = `${Math.round(maxBytes / MEBIBYTE)} MiB`;
      throw new SourceError("broken", { kind: "too_large", limit, detail: "the rows of one day" }, { retry: false });
    }
    for (let at = part.indexOf(LINE_FEED); at >= 0; at = part.indexOf(LINE_FEED, at + 1)) rows += 1;
    parts.push(part);
    onRows(rows);
  }
  return { text: Buffer.concat(parts, bytes), rows };
}
