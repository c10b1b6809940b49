import { Client } from "pg";

/** Asks a database past all instances, as an operator with psql would; the rows of the last statement. */
export type Ask = (sql: string) => Promise<Record<string, unknown>[]>;

/** Asks over a connection that somebody else opens and ends. */
export const askOf =
  (client: Client): Ask =>
  async (sql) => {
    const result = await client.query<Record<string, unknown>>(sql);
    return (Array.isArray(result) ? result.at(-1) : result).rows;
  };

/** Asks one question over a connection of its own. */
export async function sqlOn(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await askOf(client)(sql);
  } finally {
    await client.end();
  }
}
