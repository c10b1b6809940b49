import { Client } from "pg";
import { onTestFinished } from "vitest";
import { openForeignTable, type ForeignTableOptions } from "@/server/db/foreign-table";
import { createPostgresSource } from "@/server/sources/postgres";
import type { Source } from "@/server/sync/source-ports";
import { createFakeLog } from "../support/fakes";
import { freshDatabase } from "../support/postgres";

/** A database of somebody else, and the source over one of its tables. */
export async function openForeignWorld() {
  const database = await freshDatabase();

  async function ask(sql: string): Promise<Record<string, unknown>[]> {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  /** Ends with the test. */
  function source(table: string, columns: string | null = null, over: Partial<ForeignTableOptions> = {}): Source {
    const foreignTable = openForeignTable({
      url: database.url,
      table,
      zone: "Asia/Shanghai",
      statementTimeoutMs: 20_000,
      target: async () => null,
      log: createFakeLog(),
      ...over,
    });
    onTestFinished(() => foreignTable.close());
    return createPostgresSource({ url: database.url, table, columns }, { foreignTable });
  }

  return { url: database.url, ask, source, close: () => database.drop() };
}

export type ForeignWorld = Awaited<ReturnType<typeof openForeignWorld>>;
