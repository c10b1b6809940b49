import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { expect, onTestFinished, test } from "vitest";
import { API_BASE } from "@/lib/contract/routes";
import type { SourceInfo, SourceTest } from "@/lib/contract/source";
import { type App, startApp } from "../support/app";
import { startFakeBaostock } from "../support/fake-baostock";
import { startFakeFilesServer } from "../support/fake-files-server";
import { MASSIVE_KEY, massiveSays, startFakeMassive } from "../support/fake-massive";
import { startFakeTushare, TUSHARE_TOKEN, tushareSays } from "../support/fake-tushare";
import { halfJson, silence } from "../support/wire-faults";

const DAY = "2024-01-02";
const english = { "Accept-Language": "en" };

async function appWith(env: Record<string, string>, databaseUrl?: string): Promise<App> {
  const app = await startApp({ env, ...(databaseUrl ? { databaseUrl } : {}) });
  onTestFinished(app.stop);
  return app;
}

async function tushareWorld(token = TUSHARE_TOKEN) {
  const fake = await startFakeTushare({ stocks: 120 });
  onTestFinished(fake.close);
  const env = { SOURCE: "tushare", TUSHARE_TOKEN: token, TUSHARE_URL: fake.url };
  return { fake, env, app: await appWith(env) };
}

const testDay = (app: App, day: string = DAY, headers: Record<string, string> = english) =>
  app.api<SourceTest>("/source/test", { body: { day }, headers });

test("a day of Tushare is fetched and not stored: count, seconds, five rows in our units", async () => {
  const { app } = await tushareWorld();
  const { status, body } = await testDay(app);
  expect(status).toBe(200);
  expect(body.data).toMatchObject({
    source: "tushare",
    outcome: "rows",
    rows: 120,
    probed: false,
    rejected: 0,
    error: null,
    message: expect.stringMatching(/^120 rows of 2024-01-02 from tushare in \d+\.\d s; nothing was stored$/),
  });
  expect(body.data.sample).toHaveLength(5);
  expect(body.data.sample[0]).toMatchObject({ stock_code: "600000", stock_name: "平安 0", volume: "123456" });
  for (const table of ["daily_stock_data", "sync_day", "sync_task", "sync_task_day"])
    expect(await app.ask(`SELECT count(*)::int AS n FROM ${table}`), table).toEqual([{ n: 0 }]);
  expect((await app.api<SourceInfo>("/source")).body.data).toMatchObject({
    name: "tushare",
    last_call: { ok: true },
    variables: [{ name: "TUSHARE_TOKEN", set: true }],
  });
});

test("a wrong token is said in both languages with what to do, and the token stands nowhere", async () => {
  const wrong = "deadbeefdeadbeefdeadbeefdeadbeef";
  const { app } = await tushareWorld(wrong);
  const { status, body } = await testDay(app);
  expect(status).toBe(200);
  expect(body.data).toMatchObject({ outcome: "refused", error: { code: "source_error", params: { kind: "auth" } } });
  expect(body.data.message).toMatch(
    /credentials \(check TUSHARE_TOKEN\).*Check TUSHARE_TOKEN in \.env, then start the server again$/,
  );
  const chinese = await testDay(app, DAY, {});
  expect(chinese.body.data.message).toMatch(/请检查 \.env 中的 TUSHARE_TOKEN，然后重启服务器$/);
  const info = await app.api("/source");
  expect(JSON.stringify([body, chinese.body, info.body, app.log.lines])).not.toContain(wrong);
});

test.each([
  ["a rate", tushareSays(40203, "抱歉，您每分钟最多访问该接口50次，权限的具体详情访问"), "rate", "wait"],
  ["a quota", tushareSays(40203, "抱歉，您每天最多访问该接口5次，权限的具体详情访问"), "quota", "wait"],
  ["a missing right", tushareSays(40203, "抱歉，您没有接口访问权限"), "plan", "plan"],
  ["half an answer", halfJson, "protocol", "provider"],
] as const)("%s of Tushare is told after one call", async (_what, fault, kind, advice) => {
  const { app, fake } = await tushareWorld();
  fake.fail(fault);
  const { body } = await testDay(app);
  expect(body.data).toMatchObject({ outcome: "refused", error: { params: { kind } }, advice: { code: advice } });
  expect(fake.calls).toHaveLength(1);
});

test("Massive: its plan, and a day that it has", async () => {
  const fake = await startFakeMassive({ tickers: 40 });
  onTestFinished(fake.close);
  const app = await appWith({ SOURCE: "massive", MASSIVE_KEY, MASSIVE_URL: fake.url, CALENDAR: "XNYS" });
  fake.fail(massiveSays(403, { status: "NOT_AUTHORIZED", message: "Your plan doesn't include this data timeframe." }), {
    times: 1,
  });
  expect((await testDay(app)).body.data).toMatchObject({ error: { params: { kind: "plan" } }, advice: { code: "plan" } });
  expect((await testDay(app)).body.data).toMatchObject({ outcome: "rows", rows: 40 });
});

test("Baostock is probed with five stocks, and its one line is closed with the test", async () => {
  const fake = await startFakeBaostock({ stocks: 30 });
  onTestFinished(fake.close);
  const app = await appWith({ SOURCE: "baostock", BAOSTOCK_HOST: "127.0.0.1", BAOSTOCK_PORT: String(fake.port) });
  const { body } = await testDay(app);
  expect(body.data).toMatchObject({ outcome: "rows", rows: 5, probed: true });
  await expect.poll(() => fake.lines.open).toBe(0);
});

test("files: a day without a file, and one whose columns do not fit", async () => {
  const server = await startFakeFilesServer({ [`/${DAY}.csv`]: "code,open\nA,1\n" });
  onTestFinished(server.close);
  const app = await appWith({ SOURCE: "files", FILES_URL: `${server.url}/{yyyy-MM-dd}.csv` });
  expect((await testDay(app)).body.data).toMatchObject({ error: { code: "bad_rows" }, advice: { code: "columns" } });
  expect((await testDay(app, "2024-01-03")).body.data).toMatchObject({
    error: { code: "source_empty", params: { kind: "no_file", detail: expect.stringContaining("2024-01-03.csv") } },
    advice: { code: "no_file" },
  });
  server.files.set("/2024-01-03.csv", "code,date,close\nA,2024-01-02,1\n");
  expect((await testDay(app, "2024-01-03")).body.data).toMatchObject({
    error: { code: "source_empty", params: { kind: "no_row_in_file", detail: expect.stringContaining("2024-01-03.csv") } },
    advice: { code: "dates_in_file" },
  });
  const rows = Array.from({ length: 150 }, (_, index) => `${600_000 + index},1`).join("\n");
  server.files.set(`/${DAY}.csv`, `code,close\n${rows}\n1.0,2\n`);
  expect((await testDay(app)).body.data).toMatchObject({
    outcome: "rows",
    rejected: 1,
    message: expect.stringMatching(
      /nothing was stored\. 1 row was left out; the first: row 151, code 1\.0, expected 6 digits.*\. 150 rows have/,
    ),
  });
  server.files.set(`/${DAY}.csv`, "code,close\n600000,12%\n");
  expect((await testDay(app)).body.data).toMatchObject({ error: { code: "bad_rows" }, advice: { code: "numbers" } });
  server.files.set(`/${DAY}.csv`, "code,close\n600000,1\n600000,2\n");
  expect((await testDay(app)).body.data).toMatchObject({ error: { code: "bad_rows" }, advice: { code: "rows" } });
  server.fault = { kind: "status", status: 401 };
  expect((await testDay(app)).body.data).toMatchObject({ error: { params: { kind: "auth" } }, advice: { code: "credentials" } });
});

test("a wrong day is refused before anything is asked, and a closed one says so", async () => {
  const { app, fake } = await tushareWorld();
  expect(await app.api("/source/test", { body: {} })).toMatchObject({ status: 400, body: { code: "missing_field" } });
  expect(await testDay(app, "2024-02-30")).toMatchObject({ status: 400, body: { code: "invalid_date" } });
  expect(await testDay(app, "2999-01-04")).toMatchObject({ status: 400, body: { code: "future_date" } });
  expect(await testDay(app, "1950-01-04")).toMatchObject({ status: 400, body: { code: "range_too_long" } });
  expect((await testDay(app, "2024-01-06")).body.data).toMatchObject({
    outcome: "closed",
    message: "2024-01-06 is a weekend. Choose a trading day",
  });
  expect(fake.calls).toEqual([]);
});

test("while a task runs the test is refused in its name", async () => {
  const { app, fake } = await tushareWorld();
  fake.fail(silence);
  const task = await app.start(DAY, DAY);
  expect(await testDay(app)).toMatchObject({
    status: 409,
    body: { code: "sync_already_running", current_task: { task_id: task } },
  });
  fake.heal();
  await app.api(`/sync/batch/${task}/cancel`, { method: "POST" });
  await app.settle(task);
});

test("while one instance tests, no instance starts a task or a second test; what may wait begins afterwards", async () => {
  const { app, fake, env } = await tushareWorld();
  const other = await appWith(env, app.databaseUrl);
  fake.fail(silence);
  const leaving = new AbortController();
  const request = new Request(`http://localhost${API_BASE}/source/test`, {
    method: "POST",
    body: JSON.stringify({ day: DAY }),
    headers: { "Content-Type": "application/json" },
    signal: leaving.signal,
  });
  const testing = Promise.resolve(app.http.request(request));
  await expect.poll(() => fake.calls.length).toBe(1);
  const refused = { status: 409, body: { code: "source_being_tested" } };
  const range = { start_date: DAY, end_date: DAY };
  expect(await testDay(app)).toMatchObject(refused);
  expect(await testDay(other)).toMatchObject(refused);
  const start = await other.api("/sync/batch", { body: range });
  expect(start).toMatchObject(refused);
  expect(start.headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
  const waiting = await other.api<{ task_id: string }>("/sync/batch", { body: { ...range, if_busy: "queue" } });
  expect(waiting.status).toBe(202);
  expect(await other.api(`/sync/batch/progress/${waiting.body.data.task_id}`)).toMatchObject({
    body: { data: { status: "queued" } },
  });
  expect(fake.calls).toHaveLength(1);
  fake.heal();
  leaving.abort();
  await testing;
  expect(await other.settle(waiting.body.data.task_id)).toMatchObject({ status: "completed", rows: 120 });
});

test("a client that hangs up ends the call to the provider", async () => {
  const { app, fake } = await tushareWorld();
  fake.fail(silence);
  const server = createServer((request, response) => void getRequestListener(app.http.fetch)(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const leaving = new AbortController();
  const call = fetch(`http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}${API_BASE}/source/test`, {
    method: "POST",
    body: JSON.stringify({ day: DAY }),
    headers: { "Content-Type": "application/json" },
    signal: leaving.signal,
  });
  call.catch(() => {});
  await expect.poll(() => fake.calls.length).toBe(1);
  leaving.abort();
  await expect.poll(() => app.ask("SELECT holder FROM sync_lease")).toEqual([{ holder: null }]);
  fake.heal();
  expect((await testDay(app)).body.data).toMatchObject({ outcome: "rows" });
});

test("a holder that dies in the middle of a test blocks nobody for longer than its lease", async () => {
  const { app } = await tushareWorld();
  await app.ask(`UPDATE sync_lease SET holder = gen_random_uuid(), task_id = NULL, epoch = epoch + 1,
                   expires_at = clock_timestamp() + interval '1 minute'`);
  expect(await testDay(app)).toMatchObject({ status: 409, body: { code: "source_being_tested" } });
  await app.ask("UPDATE sync_lease SET expires_at = clock_timestamp() + interval '1 second'");
  await expect.poll(async () => (await testDay(app)).status, { interval: 200 }).toBe(200);
});
