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
      await refuseNewerSchema(client, known);
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

async function refuseNewerSchema(client: pg.PoolClient, known: string[]): Promise<void> {
  const { rows } = await client.query<{ there: boolean }>("SELECT to_regclass($1) IS NOT NULL AS there", [TABLE]);
  if (!rows[0]?.there) return;
  const done = await client.query<{ name: string }>(`SELECT name FROM ${TABLE} ORDER BY id`);
  const unknown = done.rows.map((row) => row.name).filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new Error(
      `the database was migrated by a newer Dayfill (${unknown.join(", ")}); this version knows ${known.length} migrations. Update this checkout`,
    );
  }
}
