import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { openPool, transaction } from "@/server/db/connect";
import { createReads } from "@/server/db/reads";
import { DatabaseAwayError, DatabaseBusyError } from "@/server/sync/errors";
import { createFakeLog } from "../support/fakes";
import { startPostgresProxy } from "../support/postgres-proxy";
import { type Bench, openBench } from "./fixture";

let bench: Bench;
let proxy: Awaited<ReturnType<typeof startPostgresProxy>>;
const log = createFakeLog();
beforeAll(async () => {
  bench = await openBench();
  proxy = await startPostgresProxy(bench.url);
});
afterEach(() => proxy.restore());
afterAll(async () => {
  await bench.close();
  await proxy.close();
});

const open = (max: number, statementTimeoutMs: number | null = null) =>
  openPool({ connection: { connectionString: proxy.url }, applicationName: "test:mine", max, statementTimeoutMs, log });
const backends = () =>
  bench.ask("SELECT pid FROM pg_stat_activity WHERE application_name = 'test:mine' AND datname = current_database()");

test("a client that dies in the pool or in somebody's hands costs a log line, not the process", async () => {
  const pool = open(2);
  const held = await pool.connect();
  await pool.query("SELECT 1");
  log.lines.length = 0;
  await bench.ask(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'test:mine' AND datname = current_database()",
  );
  await expect(held.query("SELECT 1")).rejects.toThrow();
  held.release(true);
  while (pool.totalCount > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  expect((await pool.query("SELECT 2 AS two")).rows).toEqual([{ two: 2 }]);
  expect(log.lines.map((line) => line.message)).toContain("database connection lost");
  await pool.end();
});

test("a transaction that fails is rolled back, and its client goes on", async () => {
  const pool = open(1);
  await pool.query("CREATE TABLE thing (n int)");
  const failing = transaction(pool, async (client) => {
    await client.query("INSERT INTO thing VALUES (1)");
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect((await pool.query("SELECT count(*)::int AS n FROM thing")).rows).toEqual([{ n: 0 }]);
  expect(await backends()).toHaveLength(1);
  await pool.end();
});

test("a transaction whose line is cut becomes DatabaseAwayError, and its client never comes back", async () => {
  const pool = open(1);
  const cutOff = transaction(pool, async (client) => {
    await client.query("SELECT 1");
    proxy.cut();
    await client.query("SELECT 1");
  });
  await expect(cutOff).rejects.toBeInstanceOf(DatabaseAwayError);
  await expect(createReads(pool).activeTask()).rejects.toBeInstanceOf(DatabaseAwayError);
  proxy.restore();
  expect(await createReads(pool).activeTask()).toBeNull();
  await pool.end();
});

test("a statement that takes too long, or waits too long for a lock, says that the database is busy, and its client goes on", async () => {
  const pool = open(1, 1_000);
  const slow = transaction(pool, (client) => client.query("SELECT pg_sleep(30)"));
  await expect(slow).rejects.toBeInstanceOf(DatabaseBusyError);
  const before = await backends();
  const letGo = await bench.lockTable();
  const locked = transaction(pool, async (client) => {
    await client.query("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 200");
    await client.query("LOCK TABLE daily_stock_data");
  });
  await expect(locked).rejects.toBeInstanceOf(DatabaseBusyError);
  await letGo();
  expect(await backends()).toEqual(before);
  await pool.end();
});

test("a line that dies while it is made ready for work is given up in seconds, and the next one serves", async () => {
  const pool = open(1);
  proxy.silenceAt("tcp_keepalives_idle");
  await expect(transaction(pool, (client) => client.query("SELECT 1"))).rejects.toBeInstanceOf(DatabaseAwayError);
  expect(await transaction(pool, async (client) => (await client.query("SELECT 2 AS two")).rows)).toEqual([{ two: 2 }]);
  await pool.end();
});

test("dates, bigints and numerics are text, times are told in UTC", async () => {
  const pool = open(1);
  const { rows } = await pool.query(
    "SELECT DATE '2024-03-10' AS day, 9007199254740993::bigint AS big, 0.10::numeric AS price, current_setting('TimeZone') AS zone",
  );
  expect(rows).toEqual([{ day: "2024-03-10", big: "9007199254740993", price: "0.10", zone: "UTC" }]);
  await pool.end();
});
