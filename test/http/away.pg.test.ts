import { afterAll, beforeAll, expect, test } from "vitest";
import { type App, startApp } from "../support/app";
import { freshDatabase, type FreshDatabase } from "../support/postgres";
import { startPostgresProxy } from "../support/postgres-proxy";

let database: FreshDatabase;
let proxy: Awaited<ReturnType<typeof startPostgresProxy>>;
let app: App;
beforeAll(async () => {
  database = await freshDatabase();
  proxy = await startPostgresProxy(database.url);
  app = await startApp({ databaseUrl: proxy.url, env: { SAMPLE_DAY_MS: "300", LEASE_TTL_MS: "20000" } });
});
afterAll(async () => {
  await app.stop();
  await proxy.close();
  await database.drop();
});

const RANGE = { start_date: "2024-01-02", end_date: "2024-01-05" };
const GETS = [
  "/today",
  "/date/2024-01-02",
  "/recent",
  "/pending",
  "/summary",
  "/list",
  "/coverage",
  "/console",
  "/tasks",
  "/tasks/x",
  "/tasks/x/days",
];
const PROGRESS = ["/sync/batch/progress/x", "/sync/batch/active"];
const POSTS = ["/sync/today", "/sync/date/2024-01-02", "/sync/pending", "/check/2024-01-02"];

test("while the database is away every call says so with 503 and when to ask again; what needs no database still answers", async () => {
  proxy.cut();
  const replies = await Promise.all([
    ...[...GETS, ...PROGRESS].map((path) => app.api(path)),
    ...POSTS.map((path) => app.api(path, { method: "POST" })),
    app.api("/sync/batch", { body: RANGE }),
    app.api("/sync/batch/preview", { body: RANGE }),
  ]);
  for (const { status, headers, body } of replies) {
    expect([status, body.code, body.message]).toEqual([503, "database_unavailable", "数据库无响应，服务器会自动重试"]);
    expect(headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
  }
  expect((await app.api("/healthz")).status).toBe(200);
  expect((await app.api("/sync/batch", { body: { end_date: "2024-01-02" } })).body.code).toBe("missing_field");
  await expect.poll(async () => (await app.api("/readyz")).status).toBe(503);
  proxy.restore();
  await expect.poll(async () => (await app.api("/readyz")).status).toBe(200);
  expect(await app.ask("SELECT 1 FROM sync_task")).toEqual([]);
});

test("a task whose database goes away for a while does its day again and ends whole", async () => {
  const taskId = await app.start("2024-01-02", "2024-01-19");
  await app.progressWhen(taskId, ({ current }) => current >= 3);
  proxy.cut();
  await expect.poll(() => app.log.lines.some((line) => line.message.startsWith("database away"))).toBe(true);
  proxy.restore();
  expect(await app.settle(taskId)).toMatchObject({ status: "completed", success: 14, failed: 0, rows: 14 * 50 });
  expect(await app.ask("SELECT count(*)::int AS rows, count(DISTINCT trade_date)::int AS days FROM daily_stock_data")).toEqual([
    { rows: 700, days: 14 },
  ]);
});

test("before the schema is there the server is not ready, and says so instead of failing", async () => {
  const early = await startApp({ open: false });
  expect(await early.api("/readyz")).toMatchObject({ status: 503, body: { why: "the database is being prepared" } });
  expect(await early.api("/tasks")).toMatchObject({ status: 503, body: { code: "database_unavailable" } });
  expect(await early.api("/sync/batch", { body: RANGE })).toMatchObject({ status: 503, body: { code: "database_unavailable" } });
  await early.composition.open();
  expect((await early.api("/readyz")).status).toBe(200);
  expect((await early.api("/tasks")).status).toBe(200);
  await early.stop();
});
