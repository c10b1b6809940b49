import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type App, startApp } from "../support/app";

let app: App;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

/** Somebody else's transaction that holds what it locked. */
async function holding(sql: string): Promise<() => Promise<void>> {
  const client = new Client({ connectionString: app.databaseUrl });
  await client.connect();
  await client.query(`BEGIN; ${sql}`);
  return () => client.end();
}

test.each([
  ["the table", "LOCK TABLE daily_stock_data IN ACCESS EXCLUSIVE MODE"],
  ["the lease", "SELECT 1 FROM sync_lease FOR UPDATE"],
])(
  "a start that somebody's lock on %s holds up is 503 with when to ask again, starts nothing, and works afterwards",
  async (_, lock) => {
    const letGo = await holding(lock);
    const refused = await app.api("/sync/batch", { body: { start_date: "2024-01-02", end_date: "2024-01-02" } });
    await letGo();
    expect([refused.status, refused.body.code]).toEqual([503, "database_unavailable"]);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(app.log.lines.filter(({ level }) => level === "error")).toEqual([]);
    expect(await app.ask("SELECT 1 FROM sync_task WHERE finished_at IS NULL")).toEqual([]);
    expect(await app.sync("2024-01-02", "2024-01-02", { force: true })).toMatchObject({ status: "completed", success: 1 });
  },
);
