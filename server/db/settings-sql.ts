import type pg from "pg";
import type { DatabaseFacts, InstanceRecord } from "@/server/sync/asked/settings";
import { reaching, sqlState } from "./connect";
import { countsSql } from "./instances";
import { msOf } from "./task-row";

const TABLE = "daily_stock_data";
/** Before the first migration there are no tables of ours. */
const UNDEFINED_TABLE = "42P01";

const instancesSeen = (
  leaseTtlMs: number,
) => `SELECT i.id, i.name, i.address, i.version, i.watching, ${msOf("i.started_at")} AS started_ms, ${msOf("i.seen_at")} AS seen_ms,
       l.holder IS NOT NULL AS holder, round(extract(epoch FROM clock_timestamp() - l.renewed_at) * 1000)::int AS renewed_ms_ago
  FROM sync_instance i LEFT JOIN sync_lease l ON l.holder = i.id AND l.expires_at > clock_timestamp()
 WHERE ${countsSql(leaseTtlMs)} ORDER BY i.name, i.id LIMIT 50`;

/** Statistics instead of a count, which would read the whole table; a partitioned table is the sum of its parts. */
const TABLE_SIZE = `WITH parts AS (
    SELECT to_regclass('${TABLE}') AS relid UNION SELECT relid FROM pg_partition_tree(to_regclass('${TABLE}')))
  SELECT sum(pg_total_relation_size(p.relid))::float8 AS bytes,
         CASE WHEN bool_or(c.relkind = 'r' AND c.reltuples >= 0) THEN sum(greatest(c.reltuples, 0)) FILTER (WHERE c.relkind = 'r')
              ELSE (SELECT coalesce(sum(rows), 0) FROM sync_day) END::float8 AS rows_estimate
    FROM parts p JOIN pg_class c ON c.oid = p.relid`;

const MIGRATIONS = "SELECT count(*)::int AS applied, (array_agg(name ORDER BY id DESC))[1] AS latest FROM sync_migration";

/** What PostgreSQL says of itself, of our table and of the servers on it. Rejects with DatabaseAwayError. */
export async function readDatabaseFacts(pool: pg.Pool, leaseTtlMs: number): Promise<DatabaseFacts> {
  return reaching(async () => {
    const self = await pool.query<{ version: string; name: string }>(
      "SELECT split_part(current_setting('server_version'), ' ', 1) AS version, current_database() AS name",
    );
    const sentMs = performance.now();
    await pool.query("SELECT 1");
    const round_trip_ms = Math.round((performance.now() - sentMs) * 10) / 10;
    const [instances, table, migrations] = await Promise.all([
      ifThere(pool.query<InstanceRecord>(instancesSeen(leaseTtlMs))),
      ifThere(pool.query<{ bytes: number | null; rows_estimate: number }>(TABLE_SIZE)),
      ifThere(pool.query<{ applied: number; latest: string }>(MIGRATIONS)),
    ]);
    const size = table[0];
    return {
      version: self.rows[0]?.version ?? null,
      name: self.rows[0]?.name ?? null,
      round_trip_ms,
      instances,
      table: size && size.bytes !== null ? { name: TABLE, rows_estimate: size.rows_estimate, bytes: size.bytes } : null,
      migrations: migrations[0] ?? null,
    };
  });
}

async function ifThere<Row extends pg.QueryResultRow>(asked: Promise<pg.QueryResult<Row>>): Promise<Row[]> {
  try {
    return (await asked).rows;
  } catch (error) {
    if (sqlState(error) === UNDEFINED_TABLE) return [];
    throw error;
  }
}
