import { afterEach, beforeEach, expect, test } from "vitest";
import { openPool, transaction } from "@/server/db/connect";
import { createLeaseStore } from "@/server/db/lease-store";
import { openPools } from "@/server/db/pools";
import { DatabaseAwayError } from "@/server/sync/errors";
import { keepLease } from "@/server/sync/run/lease-keeper";
import { systemClock as clock } from "@/server/system-clock";
import { type App, startApp } from "../support/app";
import { createFakeLog } from "../support/fakes";
import { type FreshDatabase, freshDatabase } from "../support/postgres";
import { startPostgresProxy } from "../support/postgres-proxy";
import { FINGERPRINT, newTask } from "./fixture";

/**
 * The promise of the fault list, counted from the last byte, is 12 s; the rest is for a machine that does other things. A
 * line that nobody gives up would be waited for a quarter of an hour.
 */
const STOPPED_WITHIN_MS = 12_000 + 10_000;
const TTL_MS = 15_000;
const SECONDS = { timeout: 60_000, interval: 20 };
const DAYS = ["2024-01-02", "2024-01-05"] as const;

let database: FreshDatabase;
let proxy: Awaited<ReturnType<typeof startPostgresProxy>>;
let app: App | null = null;
beforeEach(async () => {
  database = await freshDatabase();
  proxy = await startPostgresProxy(database.url);
});
afterEach(async () => {
  proxy.restore();
  await app?.stop();
  app = null;
  await proxy.close();
  await database.drop();
});

/** Rows enough that a COPY takes more than one packet. */
async function serve(): Promise<App> {
  app = await startApp({ databaseUrl: proxy.url, env: { SAMPLE_SYMBOLS: "4000", LEASE_TTL_MS: String(TTL_MS) } });
  return app;
}
const said = (one: App, words: string) => one.log.lines.some((line) => line.message.includes(words));
const look = (sql: string) => {
  const pool = openPool({
    connection: { connectionString: database.url },
    applicationName: "test",
    max: 1,
    statementTimeoutMs: null,
    log: createFakeLog(),
  });
  return pool.query<Record<string, unknown>>(sql).then(async ({ rows }) => {
    await pool.end();
    return rows;
  });
};
const stored = () => look("SELECT trade_date::text AS day, count(*)::int AS rows FROM daily_stock_data GROUP BY 1 ORDER BY 1");
const WHOLE = [2, 3, 4, 5].map((day) => ({ day: `2024-01-0${day}`, rows: 4000 }));

test("a line that goes dead mid-COPY is stopped within 12 s, and the day whole once there is a line again", {
  timeout: 180_000,
}, async () => {
  const one = await serve();
  const silent = proxy.silenceMidCopy("everything");
  const taskId = await one.start(...DAYS);
  await silent;
  const deadSince = performance.now();
  await expect.poll(() => said(one, "lease lost, nothing more is written"), SECONDS).toBe(true);
  expect(performance.now() - deadSince).toBeLessThan(STOPPED_WITHIN_MS);
  // Nothing hangs: the run is over, watchers and callers are told.
  expect(one.composition.state().database.ok).toBe(false);
  expect((await one.api("/tasks")).status).toBe(503);
  expect(await stored()).toEqual([]);

  proxy.restore();
  expect(await one.settle(taskId)).toMatchObject({ status: "completed", success: 4, failed: 0 });
  expect(await stored()).toEqual(WHOLE);
});

test("where only the line of the COPY is dead it is cut within 12 s, its day done again, and the lease kept", async () => {
  const one = await serve();
  const silent = proxy.silenceMidCopy("line");
  const taskId = await one.start(...DAYS);
  await silent;
  const deadSince = performance.now();
  await expect.poll(() => said(one, "half-open database connections cut"), SECONDS).toBe(true);
  expect(performance.now() - deadSince).toBeLessThan(STOPPED_WITHIN_MS);
  expect(await one.settle(taskId)).toMatchObject({ status: "completed", success: 4, failed: 0 });
  expect(said(one, "lease lost")).toBe(false);
  expect(await look("SELECT takeovers, crashes FROM sync_task")).toEqual([{ takeovers: 0, crashes: 0 }]);
  // The backend of the dead line is gone too: it would wait for rows, and keep its locks, for as long as nobody ends it.
  const copying =
    "SELECT pid FROM pg_stat_activity WHERE query LIKE 'COPY %' AND state <> 'idle' AND datname = current_database()";
  await expect.poll(() => look(copying), SECONDS).toEqual([]);
  expect(await stored()).toEqual(WHOLE);
});

test("a COPY that waits for a lock is slow, not dead: it is left in peace", async () => {
  const one = await serve();
  const locker = openPool({
    connection: { connectionString: database.url },
    applicationName: "test",
    max: 1,
    statementTimeoutMs: null,
    log: createFakeLog(),
  });
  const client = await locker.connect();
  await client.query("BEGIN; LOCK TABLE daily_stock_data IN SHARE MODE");
  const taskId = await one.start(...DAYS);
  // Three looks of the watch; the lock itself is waited for no longer than ten seconds.
  await new Promise((resolve) => setTimeout(resolve, 6_500));
  await client.query("COMMIT");
  client.release();
  await locker.end();
  expect(await one.settle(taskId)).toMatchObject({ status: "completed", success: 4, failed: 0 });
  expect(said(one, "half-open")).toBe(false);
  expect(await look("SELECT max(attempts)::int AS attempts FROM sync_task_day")).toEqual([{ attempts: 1 }]);
});

test("the lease outlives a dead heartbeat line: the renewal after it takes a new one", async () => {
  // A renewal that is given up and another one must fit in, a stop of seconds between them included.
  const LONG_TTL_MS = 45_000;
  const bench = await serve();
  const log = createFakeLog();
  const pools = openPools({ connectionString: proxy.url }, log, LONG_TTL_MS);
  const claimer = {
    holder: "00000000-0000-4000-8000-000000000001",
    holderName: "x:1",
    ttlMs: LONG_TTL_MS,
    fingerprint: FINGERPRINT,
  };
  const lease = createLeaseStore({ pool: pools.api, heartbeat: pools.heartbeat, claimer, log });
  await bench.composition.stopWork();
  const claim = await lease.claimNew(newTask(...DAYS));
  const epoch = (claim.kind === "claimed" && claim.task.epoch) || 0;
  expect(await lease.renew(epoch)).toBe(true);
  let lost = false;
  const keeper = keepLease({ clock, lease, epoch, ttlMs: LONG_TTL_MS, log, onLost: () => (lost = true) });
  proxy.silence();
  await expect.poll(() => log.lines.filter(({ message }) => message.startsWith("lease renewal")).length, SECONDS).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, LONG_TTL_MS / 2));
  keeper.stop();
  expect(lost).toBe(false);
  expect(await look("SELECT holder IS NOT NULL AND expires_at > clock_timestamp() AS held FROM sync_lease")).toEqual([
    { held: true },
  ]);
  await pools.close();
});

test("an answer that never comes is a database that is away, and its connection is not used again", async () => {
  const pool = openPool({
    connection: { connectionString: proxy.url },
    applicationName: "test:silent",
    max: 1,
    statementTimeoutMs: 1_000,
    answerWithinMs: 6_000,
    log: createFakeLog(),
  });
  await pool.query("SELECT 1");
  proxy.silence();
  await expect(pool.query("SELECT 1")).rejects.toThrow("Query read timeout");
  expect((await pool.query("SELECT 2 AS two")).rows).toEqual([{ two: 2 }]);
  proxy.silence();
  await expect(transaction(pool, (client) => client.query("SELECT 1"))).rejects.toBeInstanceOf(DatabaseAwayError);
  expect(await transaction(pool, async (client) => (await client.query("SELECT 3 AS three")).rows)).toEqual([{ three: 3 }]);
  await pool.end();
});
