import { afterEach, beforeEach, expect, test } from "vitest";
import type pg from "pg";
import { bootDatabase } from "@/server/db/boot";
import { openPool } from "@/server/db/connect";
import { migrate } from "@/server/db/migrate";
import { createFakeLog } from "../support/fakes";
import { freshDatabase, type FreshDatabase } from "../support/postgres";
import { startPostgresProxy } from "../support/postgres-proxy";

let database: FreshDatabase;
let pool: pg.Pool;
const log = createFakeLog();
const open = (connectionString: string) =>
  openPool({ connection: { connectionString }, applicationName: "test", max: 4, statementTimeoutMs: null, log });

beforeEach(async () => {
  database = await freshDatabase();
  pool = open(database.url);
});
afterEach(async () => {
  await pool.end();
  await database.drop();
});

const lease = async () => (await pool.query("SELECT name, epoch, holder FROM sync_lease")).rows;

test("a second migration changes nothing", async () => {
  const first = await migrate(pool, log);
  expect(first.applied).toBe(first.known);
  expect(first.known).toBeGreaterThan(0);
  expect(await migrate(pool, log)).toEqual({ applied: 0, known: first.known });
  expect(await lease()).toEqual([{ name: "sync", epoch: "0", holder: null }]);
});

test("two instances that start at once migrate once", async () => {
  const other = open(database.url);
  const results = await Promise.all([migrate(pool, log), migrate(other, log), migrate(pool, log)]);
  const known = results[0]?.known;
  expect(results.map((result) => result.applied).toSorted()).toEqual([0, 0, known]);
  expect(await lease()).toHaveLength(1);
  await other.end();
});

test("a schema of a newer version is refused and named", async () => {
  await migrate(pool, log);
  await pool.query("INSERT INTO sync_migration (name, run_on) VALUES ('9999_from_the_future', now())");
  await expect(migrate(pool, log)).rejects.toThrow(/newer Dayfill \(9999_from_the_future\)/);
});

test("an original table is used as it is: columns and rows stay", async () => {
  await pool.query(
    `CREATE TABLE daily_stock_data (id serial PRIMARY KEY, stock_code varchar(10) NOT NULL, stock_name varchar(50) NOT NULL, trade_date date NOT NULL,
       open_price numeric(10,2), close_price numeric(10,2), high_price numeric(10,2), low_price numeric(10,2), volume bigint, amount numeric(20,2),
       change_pct numeric(10,2), change_amount numeric(10,2), turnover_rate numeric(10,2), amplitude numeric(10,2), UNIQUE (stock_code, trade_date))`,
  );
  await pool.query(
    "INSERT INTO daily_stock_data (stock_code, stock_name, trade_date) VALUES ('600000', '浦发银行', '2024-01-02')",
  );
  const columns = async () =>
    (
      await pool.query(
        "SELECT column_name, data_type, is_nullable FROM information_schema.columns WHERE table_name = 'daily_stock_data' ORDER BY ordinal_position",
      )
    ).rows;
  const before = await columns();
  await migrate(pool, log);
  expect(await columns()).toEqual(before);
  expect((await pool.query("SELECT stock_name FROM daily_stock_data")).rows).toEqual([{ stock_name: "浦发银行" }]);
});

test("a boot without a database waits for it, and then migrates", async () => {
  const proxy = await startPostgresProxy(database.url);
  proxy.cut();
  const heard = createFakeLog();
  const booted = bootDatabase({ connectionString: proxy.url }, heard, new AbortController().signal);
  while (heard.lines.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(heard.lines[0]?.message).toBe("the database does not answer yet, trying again");
  proxy.restore();
  expect(await booted).toMatchObject({ pooler: "direct", shape: { date_index: true } });
  expect(await lease()).toHaveLength(1);
  await proxy.close();
});

test("a fault that waiting does not mend ends the boot", async () => {
  await migrate(pool, log);
  await pool.query("INSERT INTO sync_migration (name, run_on) VALUES ('9999_from_the_future', now())");
  await expect(bootDatabase({ connectionString: database.url }, log, new AbortController().signal)).rejects.toThrow(
    /newer Dayfill/,
  );
});
