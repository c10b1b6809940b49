import type pg from "pg";
import type { Word } from "@/server/sync/instances/word";

/** Where instances tell each other that there is something to look at. */
export const CHANNEL = "sync_events";

/** SQL that tells the word in `parameter` ($n) once per row of the query around it. */
export const tells = (parameter: string) => `pg_notify('${CHANNEL}', ${parameter})`;

/** The word as it travels: less than 200 bytes, far below the 8000 that PostgreSQL carries. */
export const textOf = (word: Word): string => JSON.stringify(word);

/** Tells the other instances once this transaction commits; rolled back, nobody hears of it. Never in a day's own transaction. */
export async function announce(client: Pick<pg.PoolClient, "query">, word: Word): Promise<void> {
  await client.query(`SELECT ${tells("$1")}`, [textOf(word)]);
}
