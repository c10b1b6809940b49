import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { TaskDaysPage } from "@/lib/contract/task";
import { type App, startApp } from "../support/app";
import { sqlOn } from "../support/ask";
import { makeOriginalTable, snapshotOf } from "../support/original-table";
import { freshDatabase, type FreshDatabase } from "../support/postgres";

let folder: string;
let database: FreshDatabase;
const opened: App[] = [];
const roles: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dayfill-existing-"));
  const header = "stock_code,stock_name,open,high,low,close,volume\n";
  const days = {
    "2024-01-02": "600000,浦发银行,1,2,0.5,10.005,100\n600001,,1,2,0.5,1.5,100\n",
    "2024-01-03": "600000,浦发银行,1,2,0.5,123456789.5,100\n600001,,1,2,0.5,1.5,100\n",
    "2024-01-04": "600000,浦发银行,1,2,0.5,1,100\nTOOLONGCODE,X,1,2,0.5,1.5,100\n",
    "2024-01-05": "600000,浦发银行,,,,1.5,100\n",
  };
  for (const [day, rows] of Object.entries(days)) await writeFile(join(folder, `${day}.csv`), header + rows);
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async () => {
  database = await freshDatabase();
});
afterEach(async () => {
  for (const app of opened.splice(0)) await app.stop();
  await database.drop();
  for (const role of roles.splice(0)) await withOwner((url) => sqlOn(url, `DROP ROLE IF EXISTS ${role}`));
});

/** A database that outlives the dropped one, for what belongs to the cluster. */
async function withOwner(work: (url: string) => Promise<unknown>): Promise<void> {
  const other = await freshDatabase();
  await work(other.url);
  await other.drop();
}

async function serve(url = database.url): Promise<App> {
  const files = { SOURCE: "files", FILES_URL: join(folder, "{yyyy-MM-dd}.csv") };
  const app = await startApp({ databaseUrl: url, env: files });
  opened.push(app);
  return app;
}

async function boot(url = database.url): Promise<string> {
  const app = await startApp({
    databaseUrl: url,
    env: { SOURCE: "files", FILES_URL: join(folder, "{yyyy-MM-dd}.csv") },
    open: false,
  });
  opened.push(app);
  return app.composition.open().then(
    () => "started",
    (error: Error) => error.message,
  );
}

/** The day of a task of this one day, as the history keeps it. */
async function dayOf(app: App, day: string) {
  const taskId = await app.start(day, day);
  await app.settle(taskId);
  return (await app.api<TaskDaysPage>(`/tasks/${taskId}/days`)).body.data.days[0];
}

test("a boot, a sync, a verify and a check leave an original table and its status table exactly as they were, rows aside", async () => {
  await makeOriginalTable(database.url);
  const before = await snapshotOf(database.url);
  const app = await serve();
  expect(await app.sync("2024-01-02", "2024-01-02")).toMatchObject({ status: "completed", success: 1, rows: 2 });
  const verify = await app.api<{ task_id: string }>("/verify", { body: { start_date: "2024-01-02", end_date: "2024-01-02" } });
  // 10.005 became 10.01 by the table's own scale: what the table cannot hold is no difference.
  expect(await app.settle(verify.body.data.task_id)).toMatchObject({ status: "completed", success: 1, suspect: 0 });
  expect((await app.api("/check/2024-01-02", { method: "POST" })).body).toMatchObject({ need_sync: false });
  expect(await snapshotOf(database.url)).toEqual(before);
  expect(await app.ask("SELECT id::int, stock_code, stock_name, close_price::text FROM daily_stock_data ORDER BY id")).toEqual([
    { id: 1, stock_code: "600000", stock_name: "浦发银行", close_price: "10.01" },
    { id: 2, stock_code: "600001", stock_name: "600001", close_price: "1.50" },
  ]);
});

test("a table of our own still gets its key and its index, and keeps unknown names unknown", async () => {
  const app = await serve();
  await app.sync("2024-01-02", "2024-01-02");
  const indexes = await app.ask("SELECT indexdef FROM pg_indexes WHERE tablename = 'daily_stock_data' ORDER BY indexname");
  expect(indexes.map(({ indexdef }) => indexdef)).toEqual([
    expect.stringMatching(/daily_stock_data_code_date .*\(stock_code, trade_date\)$/),
    expect.stringMatching(/UNIQUE .*\(trade_date, stock_code\)$/),
  ]);
  expect(await app.ask("SELECT stock_name FROM daily_stock_data ORDER BY stock_code")).toEqual([
    { stock_name: "浦发银行" },
    { stock_name: null },
  ]);
});

test("the checksum of a day tells what the source said, whatever the table wants", async () => {
  const own = await serve();
  await own.sync("2024-01-02", "2024-01-02");
  const [ours] = await own.ask("SELECT checksum FROM sync_day");
  const second = await freshDatabase();
  await makeOriginalTable(second.url);
  const existing = await serve(second.url);
  await existing.sync("2024-01-02", "2024-01-02");
  expect(await existing.ask("SELECT checksum FROM sync_day")).toEqual([ours]);
  await opened.pop()?.stop();
  await second.drop();
});

test.each([
  ["2024-01-03", { rule: "table_too_narrow", code: "600000", field: "close_price", value: "123456789.5" }],
  ["2024-01-04", { rule: "table_too_narrow", code: "TOOLONGCODE", field: "stock_code", value: "TOOLONGCODE" }],
] as const)(
  "a value that the existing columns cannot hold fails the day with code, field and value (%s)",
  async (day, params) => {
    await makeOriginalTable(database.url);
    const app = await serve();
    const failed = await dayOf(app, day);
    expect(failed).toMatchObject({ status: "failed", error: { code: "bad_rows", params }, attempts: 1 });
    expect(await app.ask("SELECT 1 FROM daily_stock_data")).toEqual([]);
  },
);

test("a value that the existing table wants and the source does not have is named", async () => {
  await makeOriginalTable(database.url);
  await sqlOn(database.url, "ALTER TABLE daily_stock_data ALTER COLUMN open_price SET NOT NULL");
  const failed = await dayOf(await serve(), "2024-01-05");
  expect(failed?.error).toMatchObject({
    code: "bad_rows",
    params: { rule: "table_wants_value", code: "600000", field: "open_price" },
  });
});

test.each([
  ["ALTER TABLE daily_stock_data ADD COLUMN exchange text NOT NULL", /column exchange must have a value.*SET DEFAULT/s],
  [
    "ALTER TABLE daily_stock_data DROP COLUMN amplitude",
    /column amplitude is missing: ALTER TABLE .* ADD COLUMN amplitude numeric/,
  ],
  ["ALTER TABLE daily_stock_data ALTER COLUMN trade_date TYPE timestamp", /trade_date is of type timestamp.*expected date/],
  ["ALTER TABLE daily_stock_data ALTER COLUMN close_price TYPE text", /close_price is of type text, expected numeric/],
  [
    "ALTER TABLE daily_stock_data RENAME TO hidden; CREATE VIEW daily_stock_data AS SELECT * FROM hidden",
    /daily_stock_data is not a table/,
  ],
])("a table that cannot be filled is refused at boot with what to do (%s)", async (alter, sentence) => {
  await makeOriginalTable(database.url);
  await sqlOn(database.url, alter);
  expect(await boot()).toMatch(sentence);
});

test("all faults of a table are named at once", async () => {
  await makeOriginalTable(database.url);
  await sqlOn(database.url, "ALTER TABLE daily_stock_data DROP COLUMN amplitude, DROP COLUMN volume, ADD COLUMN x int NOT NULL");
  const said = await boot();
  for (const column of ["amplitude", "volume", "x"]) expect(said).toContain(`column ${column} `);
});

test.each([
  "ALTER TABLE daily_stock_data ADD COLUMN exchange text NOT NULL DEFAULT 'SSE'",
  "ALTER TABLE daily_stock_data ALTER COLUMN close_price TYPE double precision",
  "ALTER TABLE daily_stock_data ALTER COLUMN stock_code TYPE char(10)",
  "ALTER TABLE daily_stock_data DROP CONSTRAINT daily_stock_data_stock_code_trade_date_key",
  "DROP INDEX idx_daily_stock_trade_date, idx_daily_stock_date_change",
  "ALTER TABLE daily_stock_data DROP COLUMN id, ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY",
])("a table of another make that can be filled is filled (%s)", async (alter) => {
  await makeOriginalTable(database.url);
  await sqlOn(database.url, alter);
  expect(await (await serve()).sync("2024-01-02", "2024-01-02")).toMatchObject({ status: "completed", success: 1, rows: 2 });
});

/** A role that owns nothing; its URL. */
async function makeRole(): Promise<{ role: string; url: string }> {
  const role = `visitor_${database.name}`;
  roles.push(role);
  await sqlOn(database.url, `CREATE ROLE ${role} LOGIN PASSWORD 'visit'`);
  const url = new URL(database.url);
  url.username = role;
  url.password = "visit";
  return { role, url: url.href };
}

test("a role that may only read, add and delete rows, and make tables of its own, can sync", async () => {
  await makeOriginalTable(database.url);
  const { role, url } = await makeRole();
  await sqlOn(
    database.url,
    `GRANT SELECT, INSERT, DELETE ON daily_stock_data TO ${role}; GRANT USAGE ON SEQUENCE daily_stock_data_id_seq TO ${role};
     GRANT USAGE, CREATE ON SCHEMA public TO ${role}`,
  );
  const before = await snapshotOf(database.url);
  const app = await serve(url);
  expect(await app.sync("2024-01-02", "2024-01-02")).toMatchObject({ status: "completed", success: 1, rows: 2 });
  expect(await snapshotOf(database.url)).toEqual(before);
  await opened.pop()?.stop();
  await sqlOn(database.url, `DROP OWNED BY ${role} CASCADE`);
});

test("missing rights are refused at boot, one after the other, each with its GRANT", async () => {
  await makeOriginalTable(database.url);
  const { role, url } = await makeRole();
  await sqlOn(database.url, `REVOKE CREATE ON SCHEMA public FROM PUBLIC, ${role}`);
  expect(await boot(url)).toContain(`GRANT USAGE, CREATE ON SCHEMA public TO ${role}`);
  await sqlOn(database.url, `GRANT USAGE, CREATE ON SCHEMA public TO ${role}; GRANT SELECT ON daily_stock_data TO ${role}`);
  const said = await boot(url);
  expect(said).toContain(`GRANT INSERT, DELETE ON daily_stock_data TO ${role}`);
  expect(said).toContain(`GRANT USAGE ON SEQUENCE daily_stock_data_id_seq TO ${role}`);
  await sqlOn(
    database.url,
    `GRANT INSERT, DELETE ON daily_stock_data TO ${role}; GRANT USAGE ON SEQUENCE daily_stock_data_id_seq TO ${role};
     ALTER TABLE daily_stock_data ENABLE ROW LEVEL SECURITY`,
  );
  expect(await boot(url)).toMatch(/row security holds for the role .*BYPASSRLS/);
  await sqlOn(database.url, "ALTER TABLE daily_stock_data DISABLE ROW LEVEL SECURITY");
  expect(await boot(url)).toBe("started");
  for (const app of opened.splice(0)) await app.stop();
  await sqlOn(database.url, `DROP OWNED BY ${role} CASCADE`);
});
