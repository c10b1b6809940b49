import { afterEach, beforeEach, expect, test } from "vitest";
import pg from "pg";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CoverageRun } from "@/lib/contract/coverage";
import type { ConsoleInfo } from "@/lib/contract/console";
import type { DayRecord } from "@/lib/contract/routes";
import type { Preview } from "@/lib/contract/plan";
import { type App, type AppOptions, startApp } from "../support/app";
import { calendarOf } from "@/server/calendars/registry";
import { adoptExistingDays } from "@/server/db/adopt-days";
import { sqlOn } from "../support/ask";
import { createFakeLog } from "../support/fakes";
import { fillOriginalTable, makeOriginalTable } from "../support/original-table";
import { freshDatabase, type FreshDatabase } from "../support/postgres";

let database: FreshDatabase;
let folder: string;
const opened: App[] = [];

beforeEach(async () => {
  database = await freshDatabase();
  folder = await mkdtemp(join(tmpdir(), "dayfill-adopt-"));
  await writeFile(join(folder, "2024-01-02.csv"), "stock_code,open,high,low,close,volume\n600001,1,2,0.5,1.5,100\n");
});
afterEach(async () => {
  for (const app of opened.splice(0)) await app.stop();
  await database.drop();
  await rm(folder, { recursive: true });
});

async function serve(more: Partial<AppOptions> = {}): Promise<App> {
  const files = { SOURCE: "files", FILES_URL: join(folder, "{yyyy-MM-dd}.csv") };
  const app = await startApp({ databaseUrl: database.url, ...more, env: { ...files, ...more.env } });
  opened.push(app);
  return app;
}

/** 2024-01-02 to 2024-01-12, nine weekdays of a hundred rows, the fifth of them cut short. */
async function originalDays(): Promise<void> {
  await makeOriginalTable(database.url);
  await fillOriginalTable(database.url, "2024-01-02", "2024-01-12", 100);
  await sqlOn(database.url, "DELETE FROM daily_stock_data WHERE trade_date = '2024-01-08' AND stock_code > '600060'");
}

const ledger = () => sqlOn(database.url, "SELECT date::text, state, rows, source, warnings FROM sync_day ORDER BY date");

test("days of an existing table are in the ledger before the server is ready: complete, or suspect where far below their neighbours", async () => {
  await originalDays();
  const app = await serve();
  expect((await app.api("/readyz")).status).toBe(200);
  const days = await ledger();
  expect(days.map(({ date, state, rows, source }) => [date, state, rows, source])).toEqual(
    ["02", "03", "04", "05", "08", "09", "10", "11", "12"].map((day) =>
      day === "08" ? ["2024-01-08", "suspect", 60, "adopted"] : [`2024-01-${day}`, "complete", 100, "adopted"],
    ),
  );
  const { body } = await app.api<CoverageRun[]>("/coverage?from=2024-01-04&to=2024-01-09");
  expect(body.data.map(({ from, state, reason }) => [from, state, reason])).toEqual([
    ["2024-01-04", "complete", "adopted"],
    ["2024-01-06", "no_trading", "weekend"],
    ["2024-01-08", "suspect", "adopted"],
    ["2024-01-09", "complete", "adopted"],
  ]);
  const info = (await app.api<ConsoleInfo>("/console")).body.data;
  expect(info.adopted).toEqual({ days: 9, from: "2024-01-02", to: "2024-01-12" });
  expect(info.first_day).toBe("2024-01-02");
  const record = (await app.api<DayRecord>("/date/2024-01-03")).body.data;
  expect(record).toMatchObject({ status: "success", success_count: 100, error_message: null });
  expect(record.remarks).toContain("前复权");
});

test("adopted days are not fetched again, but a forced sync replaces them and takes the warning away", async () => {
  await originalDays();
  const app = await serve();
  const range = { start_date: "2024-01-02", end_date: "2024-01-03" };
  expect((await app.api<Preview>("/sync/batch/preview", { body: range })).body.data.counts).toMatchObject({ already_synced: 2 });
  await app.sync("2024-01-02", "2024-01-02", { force: true, accept_incomplete: true });
  expect((await ledger())[0]).toMatchObject({
    date: "2024-01-02",
    rows: 1,
    source: "files",
    warnings: [expect.objectContaining({ code: "few_rows" })],
  });
  expect((await app.api<ConsoleInfo>("/console")).body.data.adopted).toEqual({ days: 8, from: "2024-01-03", to: "2024-01-12" });
});

test("weekend days are adopted with both remarks and are no debt that no sync could pay", async () => {
  await originalDays();
  await sqlOn(
    database.url,
    "INSERT INTO daily_stock_data (stock_code, stock_name, trade_date, close_price) VALUES ('600001', 'x', '2024-01-06', 1)",
  );
  const app = await serve();
  const saturday = (await ledger()).find(({ date }) => date === "2024-01-06");
  expect(saturday).toMatchObject({ state: "complete", rows: 1, warnings: [{ code: "adopted" }, { code: "closed_day" }] });
  expect((await app.api<ConsoleInfo>("/console")).body.data.adopted?.days).toBe(9);
});

test("a second boot changes nothing, and one after new rows from elsewhere adopts just those", async () => {
  await originalDays();
  await serve();
  const before = await sqlOn(database.url, "SELECT *, xmin::text FROM sync_day ORDER BY date");
  await opened.pop()?.stop();
  await serve();
  expect(await sqlOn(database.url, "SELECT *, xmin::text FROM sync_day ORDER BY date")).toEqual(before);
  await opened.pop()?.stop();
  await fillOriginalTable(database.url, "2024-01-15", "2024-01-15", 100);
  await serve();
  const after = await sqlOn(database.url, "SELECT *, xmin::text FROM sync_day ORDER BY date");
  expect(after.slice(0, 9)).toEqual(before);
  expect(after[9]).toMatchObject({ state: "complete", rows: 100, source: "adopted" });
});

test("days that Dayfill stored, and failed days, stay what the ledger says", async () => {
  const first = await serve();
  await first.sync("2024-01-02", "2024-01-03");
  const before = await ledger();
  expect(before.map(({ state }) => state)).toEqual(["complete", "failed"]);
  await opened.pop()?.stop();
  await serve();
  expect(await ledger()).toEqual(before);
});

test("two instances that start at once adopt once, and both are ready only then", async () => {
  await originalDays();
  const [one, two] = await Promise.all([serve(), serve()]);
  expect(await ledger()).toHaveLength(9);
  const lines = [...one.log.lines, ...two.log.lines].filter(({ message }) => message === "days adopted");
  expect(lines).toHaveLength(1);
});

/** A session past the app that does `sql` and holds on to what it locked. */
async function holding(sql: string): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(sql);
  return () => client.end();
}

/** Another instance that counts, or one that claims or finishes. */
const COUNTING = "BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('dayfill adopts days', 0))";
const CLAIMING = "BEGIN; SELECT * FROM sync_lease FOR UPDATE";

const ADOPTING =
  "SELECT state, query FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'dayfill:adopt'";

/** The schema as an earlier boot left it, before the days came. */
async function migrated(): Promise<void> {
  await makeOriginalTable(database.url);
  await serve();
  await opened.pop()?.stop();
  await fillOriginalTable(database.url, "2024-01-02", "2024-01-12", 100);
}

test("while days are adopted the server is not ready and says why, and every start is refused with when to come back", async () => {
  await originalDays();
  const letGo = await holding(COUNTING);
  const app = await serve({ open: false });
  const opening = app.composition.open();
  const why = async () => (await app.api("/readyz")).body["why"];
  await expect.poll(why).toBe("adopting 9 days of an existing table (0 counted)");
  const refused = await app.api("/sync/batch", { body: { start_date: "2024-01-02", end_date: "2024-01-02" } });
  expect([refused.status, refused.body.code, refused.headers.get("retry-after")]).toEqual([503, "adopting_days", "2"]);
  expect((await app.api("/tasks")).status).toBe(200);
  await letGo();
  await opening;
  expect((await app.api("/readyz")).status).toBe(200);
  expect(app.events.coverage).toEqual([{ from: "2024-01-02", to: "2024-01-12" }]);
});

test("a count that takes longer than any answer of the API is waited for, not begun anew", async () => {
  await originalDays();
  const letGo = await holding(COUNTING);
  const app = await serve({ open: false });
  const opening = app.composition.open();
  const waiting =
    "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'advisory' AND datname = current_database() AND now() - query_start > interval '12 s'";
  await expect.poll(async () => (await sqlOn(database.url, waiting)).length, { interval: 200 }).toBe(1);
  await letGo();
  await opening;
  expect(app.log.lines.filter(({ message }) => message.includes("does not answer yet"))).toEqual([]);
  expect(await ledger()).toHaveLength(9);
});

test("a server that stops in the middle ends its count at once and leaves nothing half; the next boot adopts", async () => {
  await migrated();
  const letGo = await holding(COUNTING);
  const app = await serve({ open: false });
  let isOver = false;
  const opening = app.composition
    .open()
    .catch((error: Error) => error.message)
    .finally(() => (isOver = true));
  await expect.poll(async () => (await app.api("/readyz")).body["why"]).toContain("adopting");
  await opened.pop()?.stop();
  expect(isOver).toBe(true);
  await expect.poll(() => sqlOn(database.url, ADOPTING)).toEqual([]);
  expect(await opening).toBe("the server stops");
  expect(await ledger()).toEqual([]);
  await letGo();
  await serve();
  expect(await ledger()).toHaveLength(9);
});

test("a stop that comes between two statements of the count ends it too, though nothing is under way to be ended", async () => {
  await migrated();
  const letGo = await holding(COUNTING);
  const stopping = new AbortController();
  const adoption = adoptExistingDays({
    connection: { connectionString: database.url },
    lease: { forAMoment: () => Promise.reject(new Error("nothing is written")) },
    calendar: calendarOf("XSHG"),
    dateIndex: true,
    waitMs: 0,
    log: createFakeLog(),
    signal: stopping.signal,
    onProgress: () => stopping.abort(new Error("the server stops")),
  });
  await expect(adoption).rejects.toThrow("the server stops");
  await expect.poll(() => sqlOn(database.url, ADOPTING)).toEqual([]);
  await letGo();
});

test("a connection that is cut between count and ledger leaves nothing half, and the boot does it again", async () => {
  await migrated();
  const letGo = await holding(CLAIMING);
  const app = await serve({ open: false });
  const opening = app.composition.open();
  const waiting = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
  await expect.poll(async () => (await sqlOn(database.url, waiting)).length).toBe(1);
  await sqlOn(database.url, `SELECT pg_terminate_backend(pid) FROM (${waiting}) w`);
  expect(await ledger()).toEqual([]);
  await letGo();
  await opening;
  expect(await ledger()).toHaveLength(9);
});

const TASK = `INSERT INTO sync_task (task_id, task_type, status, start_date, end_date, total_days, options, source, fingerprint, epoch)
  VALUES ('left', 'web_batch', 'running', '2024-01-02', '2024-01-02', 1, '{"force":false,"accept_incomplete":false,"order":"asc"}', 'files', 'files|XSHG|daily_stock_data', 1)`;
const HELD = (until: string) =>
  `UPDATE sync_lease SET epoch = 1, holder = gen_random_uuid(), task_id = 'left', expires_at = clock_timestamp() + interval '${until}'`;

test("the lease of a holder that died is waited out, and its task is taken over after the adoption", async () => {
  await migrated();
  await sqlOn(database.url, `${TASK}; ${HELD("1 second")}`);
  const app = await serve();
  expect(await ledger()).toHaveLength(9);
  expect(await app.settle("left")).toMatchObject({ status: "completed", skipped: 1 });
  expect(await sqlOn(database.url, "SELECT takeovers FROM sync_task")).toEqual([{ takeovers: 1 }]);
});

test("where another instance goes on working, the boot does not wait for ever: it says that the next start adopts", async () => {
  await migrated();
  await sqlOn(database.url, `${TASK}; ${HELD("1 hour")}`);
  const app = await serve();
  expect((await app.api("/readyz")).status).toBe(200);
  expect(await ledger()).toEqual([]);
  expect(app.log.lines.map(({ message }) => message).join()).toContain("adopted at the next start");
  await sqlOn(database.url, "UPDATE sync_lease SET expires_at = '-infinity'");
});

test("a table without an index on the date is adopted too, with a word about it", async () => {
  await originalDays();
  await sqlOn(database.url, "DROP INDEX idx_daily_stock_trade_date, idx_daily_stock_date_change");
  const app = await serve();
  expect(await ledger()).toHaveLength(9);
  expect(app.log.lines.map(({ message }) => message).join()).toContain("CREATE INDEX ON daily_stock_data (trade_date)");
});

test("a check of a day with rows from elsewhere adopts it, also where a sync had failed", async () => {
  const app = await serve();
  await app.sync("2024-01-03", "2024-01-03");
  await app.ask("INSERT INTO daily_stock_data (stock_code, trade_date, close_price) VALUES ('1', '2024-01-03', 1)");
  expect((await app.api("/check/2024-01-03", { method: "POST" })).body).toMatchObject({ need_sync: false });
  expect(await ledger()).toEqual([
    { date: "2024-01-03", state: "complete", rows: 1, source: "adopted", warnings: [{ code: "adopted", params: {} }] },
  ]);
  expect(await app.ask("SELECT last_error FROM sync_day")).toEqual([{ last_error: null }]);
});

test("the sample market adopts the days of an existing table and then refuses to write into it", async () => {
  await originalDays();
  const app = await serve({ env: { SOURCE: "sample" } });
  expect((await app.api<ConsoleInfo>("/console")).body.data.adopted?.days).toBe(9);
  expect((await app.api("/sync/date/2024-02-01", { method: "POST" })).body.code).toBe("sample_into_existing");
});
