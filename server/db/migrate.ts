import { readdir } from "node:fs/promises";
import path from "node:path";
import { runner } from "node-pg-migrate";
import type pg from "pg";
import { PROJECT_ROOT } from "@/server/project-root";
import type { Log } from "@/server/sync/ports";
import { reaching } from "./connect";

const MIGRATIONS = path.join(PROJECT_ROOT, "server/db/migrations");
const TABLE = "sync_migration";

/** Brings the schema up to this version; two instances that start at once wait for each other. Refuses a newer schema. */
export async function migrate(pool: pg.Pool, log: Log): Promise<{ applied: number; known: number }> {
  return reaching(async () => {
    const client = await pool.connect();
    try {
      const known = (await readdir(MIGRATIONS)).filter((name) => name.endsWith(".sql")).map((name) => name.slice(0, -4));
      const pending = await refuseNewerSchema(client, known);
      if (pending) await refuseWithoutRight(client);
      const applied = await runner({
        dbClient: client,
        dir: MIGRATIONS,
        migrationsTable: TABLE,
        direction: "up",
        count: Number.POSITIVE_INFINITY,
        advisoryLockMode: "wait",
        singleTransaction: true,
        log: () => {},
      });
      for (const { name } of applied) log.info({ migration: name }, "migration applied");
      return { applied: applied.length, known: known.length };
    } finally {
      // Not for the next borrower: what went wrong in the middle may have left a lock of this session.
      client.release(true);
    }
  });
}

/** True where migrations of this version are still to be applied. */
async function refuseNewerSchema(client: pg.PoolClient, known: string[]): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>("SELECT to_regclass($1) IS NOT NULL AS there", [TABLE]);
  if (!rows[0]?.there) return true;
  const done = await client.query<{ name: string }>(`SELECT name FROM ${TABLE} ORDER BY id`);
  const unknown = done.rows.map((row) => row.name).filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new Error(
      `the database was migrated by a newer Dayfill (${unknown.join(", ")}); this version knows ${known.length} migrations. Update this checkout`,
    );
  }
  return done.rows.length < known.length;
}

/** Our own tables stand beside the one that is filled: in the first schema of the search path, the list of migrations in `public`. */
async function refuseWithoutRight(client: pg.PoolClient): Promise<void> {
  const { rows } = await client.query<{ schema: string; role: string }>(
    `SELECT quote_ident(n.nspname) AS schema, quote_ident(current_user) AS role FROM pg_namespace n
      WHERE n.nspname IN ('public', current_schema()) AND NOT has_schema_privilege(n.oid, 'CREATE')`,
  );
  if (rows.length === 0) return;
  const grants = rows.map(({ schema, role }) => `GRANT USAGE, CREATE ON SCHEMA ${schema} TO ${role}`);
  throw new Error(`Dayfill keeps its own tables (sync_…) in this database and may not make them: ${grants.join("; ")}`);
}
