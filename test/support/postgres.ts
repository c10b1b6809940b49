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

/** Makes an empty database on one of the run's PostgreSQLs. Call in `beforeAll`, and `drop` in `afterAll`. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const name = `test_${process.pid}_${randomBytes(4).toString("hex")}`;
  // Where nothing waits for the disk, copying the files costs a third of writing every page to the log.
  const strategy = process.env["DATABASE_URL_TEST"] ? "" : "STRATEGY file_copy";
  await onMaintenance(`CREATE DATABASE ${name} TEMPLATE template0 ${strategy}`);
  const url = new URL(clusterUrl());
  url.pathname = `/${name}`;
  return { url: url.href, name, drop: () => onMaintenance(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

/** The one of this worker: files that run side by side are spread over them. */
function clusterUrl(): string {
  const urls = inject("postgresUrls");
  const turn = Number(process.env["VITEST_POOL_ID"] ?? 1) - 1;
  return urls[turn % urls.length] as string;
}

async function onMaintenance(sql: string): Promise<void> {
  const client = new Client({ connectionString: clusterUrl() });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
