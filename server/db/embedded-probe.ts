import { realpath } from "node:fs/promises";
import { Client } from "pg";
import type { EmbeddedConnection } from "./embedded-address";

const ANSWER_WITHIN_MS = 5_000;

/**
 * Asks the PostgreSQL at this address who it is, and makes the database on its first start. Answers its version (`18.4`).
 * Throws when it does not answer, or when it serves another cluster.
 */
export async function probe(connection: EmbeddedConnection, cluster: string): Promise<string> {
  const client = new Client({
    ...connection,
    database: "postgres",
    connectionTimeoutMillis: ANSWER_WITHIN_MS,
    query_timeout: ANSWER_WITHIN_MS,
  });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ folder: string; version: string; known: boolean }>(
      `SELECT current_setting('data_directory') AS folder, split_part(current_setting('server_version'), ' ', 1) AS version,
              EXISTS (SELECT FROM pg_database WHERE datname = $1) AS known`,
      [connection.database],
    );
    const [found] = rows;
    if (!found) throw new Error("PostgreSQL gave no answer");
    if ((await realpath(found.folder)) !== (await realpath(cluster))) {
      throw new Error(`Another PostgreSQL answers at ${connection.host}: its data lies in ${found.folder}, expected ${cluster}`);
    }
    if (!found.known) await makeDatabase(client, connection.database);
    return found.version;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function makeDatabase(client: Client, name: string): Promise<void> {
  await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`).catch((error: { code?: string }) => {
    const madeByAnother = error.code === "42P04" || error.code === "23505";
    if (!madeByAnother) throw error;
  });
}
