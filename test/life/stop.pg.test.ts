import { Client } from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { STOP_MS } from "@/server/stop-steps";
import { type App, startApp } from "../support/app";
import { freshDatabase, type FreshDatabase } from "../support/postgres";
import { startPostgresProxy } from "../support/postgres-proxy";

/** What the parts of a stop that are tried here may take together; the rest is for a machine that is busy with other things. */
const STOPPED_WITHIN_MS = STOP_MS.work + STOP_MS.around;
const SLACK_MS = 4_000;
/** A lease that is not lost within a stop: the run is not ended by that. */
const env = { SAMPLE_DAY_MS: "200", LEASE_TTL_MS: "60000" };

let database: FreshDatabase;
let proxy: Awaited<ReturnType<typeof startPostgresProxy>>;
let app: App;
const closing: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  database = await freshDatabase();
  proxy = await startPostgresProxy(database.url);
  app = await startApp({ env, databaseUrl: proxy.url });
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  proxy.restore();
  await app.stop();
  await proxy.close();
  await database.drop();
});

async function atWork(): Promise<string> {
  const taskId = await app.start("2024-01-02", "2024-03-29");
  await app.progressWhen(taskId, ({ success }) => success > 0);
  return taskId;
}

async function stopTakesMs(): Promise<number> {
  const begun = performance.now();
  await app.composition.stopWork();
  return performance.now() - begun;
}

test("a database that falls silent under a sync does not make a stop longer than it may be", async () => {
  await atWork();
  proxy.blackhole();
  expect(await stopTakesMs()).toBeLessThan(STOPPED_WITHIN_MS + SLACK_MS);
});

test("last words that wait for somebody else's lock are left to themselves, which the log says", async () => {
  const taskId = await atWork();
  const locker = new Client({ connectionString: database.url });
  await locker.connect();
  closing.push(() => locker.end());
  // Days pass the fence all the same; who changes the lease waits.
  await locker.query("BEGIN; SELECT FROM sync_lease FOR SHARE");
  expect((await app.api(`/sync/batch/${taskId}/pause`, { method: "POST" })).status).toBe(202);
  const waiting = `SELECT 1 AS one FROM pg_stat_activity
    WHERE query LIKE 'UPDATE sync_lease%' AND application_name LIKE 'dayfill:work%' AND wait_event_type = 'Lock' AND datname = current_database()`;
  await expect.poll(() => app.ask(waiting), { timeout: 20_000 }).toHaveLength(1);
  expect(await stopTakesMs()).toBeLessThan(STOPPED_WITHIN_MS + SLACK_MS);
  expect(app.log.lines).toContainEqual({
    level: "warn",
    message: "a part of the stop takes too long, the stop goes on without it",
    fields: { what: "work", ms: STOP_MS.work },
  });
});
