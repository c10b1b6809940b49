import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { CoverageRun } from "@/lib/contract/coverage";
import { type App, startApp } from "../support/app";
import { freshDatabase, type FreshDatabase } from "../support/postgres";

const DAY = "2024-01-02";
let folder: string;
let database: FreshDatabase;
const opened: App[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dayfill-files-"));
  await writeFile(
    join(folder, `${DAY}.csv`),
    "stock_code,open,high,low,close,volume\n600000,1,2,0.5,1.5,100\n600001,1,2,0.5,1.5,100\n",
  );
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async () => {
  database = await freshDatabase();
});
afterEach(async () => {
  for (const app of opened.splice(0)) await app.stop();
  await database.drop();
});

/** One instance after the other on one database, as after a change of `.env`. */
async function restartAs(source: "sample" | "files", env: Record<string, string> = {}): Promise<App> {
  await opened.pop()?.stop();
  const files = { SOURCE: "files", FILES_URL: join(folder, "{yyyy-MM-dd}.csv") };
  const app = await startApp({
    databaseUrl: database.url,
    env: source === "files" ? { ...files, ...env } : { SAMPLE_SYMBOLS: "50", ...env },
  });
  opened.push(app);
  return app;
}

const stateOf = async (app: App) => (await app.api<CoverageRun[]>(`/coverage?from=${DAY}&to=${DAY}`)).body.data[0];
const sources = (app: App) => app.ask("SELECT date::text, state, rows, source FROM sync_day ORDER BY date");
const rows = async (app: App) =>
  (await app.ask(`SELECT count(*)::int AS n FROM daily_stock_data WHERE trade_date = '${DAY}'`))[0]?.["n"];

test("sample days are missing for a real source, and the first real sync takes their place", async () => {
  const sample = await restartAs("sample");
  await sample.sync(DAY, DAY);
  expect(await stateOf(sample)).toMatchObject({ state: "complete", rows_min: 50 });

  const files = await restartAs("files");
  expect(await stateOf(files)).toEqual({
    from: DAY,
    to: DAY,
    state: "missing",
    reason: "sample",
    rows_min: null,
    rows_max: null,
  });
  expect((await files.api(`/date/${DAY}`)).body.data).toMatchObject({ status: "pending", total_records: 0 });
  expect((await files.api("/console")).body.data).toMatchObject({ first_day: null, last_complete_day: null });
  expect((await files.api(`/check/${DAY}`, { method: "POST" })).body).toMatchObject({ need_sync: true });
  // 2 rows instead of 50 are no loss: what they replace was invented.
  expect(await files.sync(DAY, DAY)).toMatchObject({ success: 1, rows: 2, suspect: 0 });
  expect(await rows(files)).toBe(2);
  expect(await sources(files)).toMatchObject([{ date: DAY, state: "complete", rows: 2, source: "files" }]);
});

test("the sample market refuses a table that holds real days, before it writes anything", async () => {
  await (await restartAs("files")).sync(DAY, DAY);
  const sample = await restartAs("sample");
  const refused = await sample.api("/sync/batch", { body: { start_date: "2024-01-03", end_date: "2024-01-03" } });
  expect([refused.status, refused.body.code]).toEqual([409, "sample_into_existing"]);
  expect(refused.body.message).toContain("SAMPLE_INTO_EXISTING=true");
  expect(refused.body).not.toHaveProperty("current_task");
  expect((await sample.ask("SELECT count(*)::int AS n FROM sync_task"))[0]).toEqual({ n: 1 });
  expect(await sample.ask("SELECT holder, epoch FROM sync_lease")).toEqual([{ holder: null, epoch: "2" }]);
});

test("the sample market refuses a table with rows that nobody knows of", async () => {
  const first = await restartAs("sample");
  await first.ask("INSERT INTO daily_stock_data (stock_code, trade_date, close_price) VALUES ('600000', '2019-05-06', 1)");
  const refused = await first.api("/sync/date/2024-01-02", { method: "POST" });
  expect([refused.status, refused.body.code]).toEqual([409, "sample_into_existing"]);
  // A check of that day gives the rows a place in the ledger, but does not make them ours.
  await first.api("/check/2019-05-06", { method: "POST" });
  expect((await first.api("/sync/date/2024-01-02", { method: "POST" })).body.code).toBe("sample_into_existing");
});

test("where it is allowed, sample days are stored beside real ones and still count as missing for the real source", async () => {
  await (await restartAs("files")).sync(DAY, DAY);
  const sample = await restartAs("sample", { SAMPLE_INTO_EXISTING: "true" });
  expect(await sample.sync("2024-01-03", "2024-01-03")).toMatchObject({ success: 1 });
  const files = await restartAs("files");
  const states = (await files.api<CoverageRun[]>("/coverage?from=2024-01-02&to=2024-01-03")).body.data.map((run) => run.state);
  expect(states).toEqual(["complete", "missing"]);
});

test("an interrupted task of another source is not continued with this one", async () => {
  const sample = await restartAs("sample", { SAMPLE_DAY_MS: "60000" });
  const taskId = await sample.start(DAY, DAY);
  await sample.progressWhen(taskId, ({ phase }) => phase === "fetching");
  const files = await restartAs("files");
  expect(await files.settle(taskId)).toMatchObject({ status: "failed", success: 0, message: expect.stringContaining("sample") });
  expect(await files.sync(DAY, DAY)).toMatchObject({ status: "completed", rows: 2 });
});
