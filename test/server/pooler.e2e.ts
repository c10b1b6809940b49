import { afterEach, beforeEach, expect, test } from "vitest";
import { startFakePooler } from "@/test/support/fake-pooler";
import { type FreshDatabase, freshDatabase } from "@/test/support/postgres";
import { startPostgresProxy } from "@/test/support/postgres-proxy";
import { startServer } from "@/test/support/server";

let database: FreshDatabase;
let pooler: Awaited<ReturnType<typeof startFakePooler>>;
beforeEach(async () => {
  database = await freshDatabase();
  pooler = await startFakePooler(database.url, { mode: "transaction" });
});
afterEach(async () => {
  await pooler.close();
  await database.drop();
});

const REFUSAL = /leads through a pooler in transaction mode: .+ session mode/;

test("the server does not start through a pooler in transaction mode, and says what to do", async () => {
  await expect(startServer({ DATABASE_URL: pooler.url })).rejects.toThrow(REFUSAL);
});

test("a database that was away at the start is looked at before anything is sent to it", async () => {
  const line = await startPostgresProxy(pooler.url);
  line.cut();
  const server = await startServer({ DATABASE_URL: line.url }, { mayBeDegraded: true });
  expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  line.restore();
  await expect.poll(() => server.output(), { timeout: 90_000 }).toMatch(REFUSAL);
  // By itself: a signal on its way out would be another story.
  expect(await server.gone).toBe(1);
  await line.close();
});
