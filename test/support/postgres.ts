import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { inject } from "vitest";

/** A database of one test file alone. */
export interface FreshDatabase {
  /** For `DATABASE_URL` and for `new Pool({ connectionString })`. */
  url: string;
  name: string;
  /** Drops it, cutting the connections that are still open. */
  drop(): Promise<void>;
}

/** Makes an empty database on the run's PostgreSQL. Call in `beforeAll`, and `drop` in `afterAll`. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const name = `test_${process.pid}_${randomBytes(4).toString("hex")}`;
  await onMaintenance(`CREATE DATABASE ${name} TEMPLATE template0`);
  const url = new URL(inject("postgresUrl"));
  url.pathname = `/${name}`;
  return { url: url.href, name, drop: () => onMaintenance(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

async function onMaintenance(sql: string): Promise<void> {
  const client = new Client({ connectionString: inject("postgresUrl") });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
