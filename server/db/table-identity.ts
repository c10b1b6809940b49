import type pg from "pg";
import { sqlState } from "./connect";

/** What tells one table from all others, under whatever address its server is reached. */
export interface TableIdentity {
  /** Of the cluster, also on its standbys; null where the role may not ask. */
  cluster: string | null;
  startedAt: string;
  database: string;
  table: string;
}

type Asks = Pick<pg.ClientBase, "query">;
const NOT_ALLOWED = /^(42501|42883)$/;

/** Null when there is no such table. Not to be called inside a transaction: a question may be refused. */
export async function identityOf(client: Asks, table: string): Promise<TableIdentity | null> {
  const { rows } = await client.query<{ startedAt: string; database: string; table: string | null }>(
    `SELECT pg_postmaster_start_time()::text AS "startedAt", to_regclass($1)::oid::text AS "table",
            (SELECT oid::text FROM pg_database WHERE datname = current_database()) AS "database"`,
    [table],
  );
  const found = rows[0];
  if (!found || found.table === null) return null;
  return { ...found, table: found.table, cluster: await clusterOf(client) };
}

async function clusterOf(client: Asks): Promise<string | null> {
  try {
    const { rows } = await client.query<{ id: string }>("SELECT system_identifier::text AS id FROM pg_control_system()");
    return rows[0]?.id ?? null;
  } catch (error) {
    if (NOT_ALLOWED.test(sqlState(error) ?? "")) return null;
    throw error;
  }
}

/** Without the right to read the cluster's number two servers are told apart by the moment they started. */
export function isSameTable(a: TableIdentity, b: TableIdentity): boolean {
  if (a.database !== b.database || a.table !== b.table) return false;
  return a.cluster !== null && b.cluster !== null ? a.cluster === b.cluster : a.startedAt === b.startedAt;
}
