import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type App, startApp } from "../support/app";
import { BLACKLISTED, type FakeBaostock, startFakeBaostock } from "../support/fake-baostock";
import { aGate } from "../support/fakes";
import type { FakeMarket } from "../support/fake-baostock-market";

let fake: FakeBaostock;
let app: App;
const closing: (() => Promise<unknown>)[] = [];
beforeEach(() => {
  closing.length = 0;
});
afterEach(async () => {
  for (const close of closing.toReversed()) await close();
});

const envOf = ({ host, port }: FakeBaostock) => ({ SOURCE: "baostock", BAOSTOCK_HOST: host, BAOSTOCK_PORT: String(port) });

async function open(market: FakeMarket): Promise<void> {
  fake = await startFakeBaostock(market);
  closing.push(() => fake.close());
  app = await startApp({ env: envOf(fake) });
  closing.push(() => app.stop());
}

/** Another instance on the same database: what a restart is to the task. */
async function another(): Promise<App> {
  const next = await startApp({ env: envOf(fake), databaseUrl: app.databaseUrl });
  closing.push(() => next.stop());
  return next;
}

const HISTORY = "query_history_k_data_plus";
const staged = async () =>
  (
    await app.ask(
      "SELECT (SELECT count(*) FROM sync_stage) + (SELECT count(*) FROM sync_stage_batch) + (SELECT count(*) FROM sync_stage_chunk) AS n",
    )
  )[0];
/** The answer to this history waits until it is let go: the walk is not over before that. */
function waitAt(at: number): () => void {
  const gate = aGate();
  fake.faultOf = ({ method, number }) => (method === HISTORY && number === at ? { until: gate.promise } : undefined);
  return () => gate.open();
}
const stored = () => app.ask("SELECT trade_date::text AS day, count(*)::int AS rows FROM daily_stock_data GROUP BY 1 ORDER BY 1");

describe("a backfill of 60 days with 5,400 stocks", () => {
  test("makes fewer than 5,600 history requests, survives a restart in the middle, and asks for nothing it had", async () => {
    await open({ stocks: 5_400 });
    const goOn = waitAt(4_000);
    const taskId = await app.start("2024-01-02", "2024-04-02");
    const midway = await app.progressWhen(taskId, ({ fetched }) => (fetched?.done ?? 0) >= 2_000);
    expect(midway).toMatchObject({ phase: "fetching", fetched: { of: 5_400, unit: "symbols" } });
    const stopped = app.composition.stopWork();
    goOn();
    await stopped;
    const before = fake.asked(HISTORY);
    expect(before).toBeGreaterThanOrEqual(2_000);
    expect(before).toBeLessThan(5_400);
    const next = await another();
    const done = await next.settle(taskId);
    expect(done).toMatchObject({ status: "completed", success: 60, failed: 0, rows: 60 * 5_400 });
    expect(fake.asked(HISTORY)).toBe(5_400);
    expect(fake.asked("query_all_stock")).toBe(60);
    expect(fake.lines.most).toBe(1);
    expect((await stored()).every(({ rows }) => rows === 5_400)).toBe(true);
    expect(await staged()).toEqual({ n: "0" });
  }, 600_000);
});

describe("a task of Baostock", () => {
  test("pauses between two requests, keeps what it has, and goes on from there", async () => {
    await open({ stocks: 120 });
    const goOn = waitAt(100);
    const taskId = await app.start("2024-01-02", "2024-01-12");
    await app.progressWhen(taskId, ({ fetched }) => (fetched?.done ?? 0) >= 60);
    await app.api(`/sync/batch/${taskId}/pause`, { method: "POST" });
    goOn();
    await app.progressWhen(taskId, ({ status }) => status === "paused");
    expect(fake.asked(HISTORY)).toBeLessThan(120);
    expect(await stored()).toEqual([]);
    await app.api(`/sync/batch/${taskId}/resume`, { method: "POST" });
    expect(await app.settle(taskId)).toMatchObject({ status: "completed", success: 9 });
    expect(fake.asked(HISTORY)).toBe(120);
  });

  test("is cancelled in the middle of a request, and its stage is gone", async () => {
    await open({ stocks: 120 });
    fake.faultOf = ({ method, number }) => (method === HISTORY && number > 60 ? { stall: 10 } : undefined);
    const taskId = await app.start("2024-01-02", "2024-01-12");
    while (fake.asked(HISTORY) <= 60) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await staged()).not.toEqual({ n: "0" });
    await app.api(`/sync/batch/${taskId}/cancel`, { method: "POST" });
    expect(await app.settle(taskId)).toMatchObject({ status: "cancelled", success: 0 });
    expect(await staged()).toEqual({ n: "0" });
    expect(await stored()).toEqual([]);
  });

  test("cancelled while it is paused leaves no stage either", async () => {
    await open({ stocks: 120 });
    const goOn = waitAt(100);
    const taskId = await app.start("2024-01-02", "2024-01-12");
    await app.progressWhen(taskId, ({ fetched }) => (fetched?.done ?? 0) >= 60);
    await app.api(`/sync/batch/${taskId}/pause`, { method: "POST" });
    goOn();
    await app.progressWhen(taskId, ({ status }) => status === "paused");
    expect(await staged()).not.toEqual({ n: "0" });
    await app.api(`/sync/batch/${taskId}/cancel`, { method: "POST" });
    expect(await staged()).toEqual({ n: "0" });
  });

  test("goes on by itself after a line that dropped and answers that were spoiled; every day is whole", async () => {
    await open({ stocks: 30 });
    fake.faultOf = ({ method, number }) => {
      if (method !== HISTORY) return undefined;
      return { 5: { drop: 30 }, 11: "truncated_zlib", 17: { data: "{" } }[number] as never;
    };
    expect(await app.sync("2024-01-02", "2024-01-05")).toMatchObject({ status: "completed", success: 4, rows: 120 });
    expect(fake.asked(HISTORY)).toBe(33);
  });

  test("of one day takes one walk of one day", async () => {
    await open({ stocks: 30 });
    expect(await app.sync("2024-01-02", "2024-01-02")).toMatchObject({ status: "completed", success: 1, rows: 30 });
    expect(fake.requests.map(({ method }) => method).filter((method) => method !== HISTORY)).toEqual([
      "login",
      "query_trade_dates",
      "query_all_stock",
    ]);
    expect(fake.asked(HISTORY)).toBe(30);
  });

  test("that verifies takes the same road and stores nothing", async () => {
    await open({ stocks: 30 });
    await app.sync("2024-01-02", "2024-01-05");
    const { body } = await app.api<{ task_id: string }>("/verify", {
      body: { start_date: "2024-01-02", end_date: "2024-01-05" },
    });
    expect(await app.settle(body.data.task_id)).toMatchObject({ status: "completed", success: 4 });
    expect(fake.asked(HISTORY)).toBe(60);
    expect(
      await app.ask(
        "SELECT DISTINCT reason FROM sync_task_day WHERE task_id = '" + body.data.task_id + "' AND status = 'success'",
      ),
    ).toEqual([{ reason: null }]);
    expect(await staged()).toEqual({ n: "0" });
  });

  test("of two years walks twice, once a chunk, and drops each when its days are stored", async () => {
    await open({ stocks: 10 });
    expect(await app.sync("2023-01-03", "2024-12-31")).toMatchObject({ status: "completed", failed: 0 });
    expect(fake.asked(HISTORY)).toBeLessThanOrEqual(30);
    expect(fake.asked(HISTORY)).toBeGreaterThanOrEqual(20);
    expect(await staged()).toEqual({ n: "0" });
  });

  test("stores nothing of a market whose answers stay poisoned, and names what came", async () => {
    await open({ stocks: 30 });
    fake.faultOf = ({ method, fields }) =>
      method === HISTORY && fields[4] === "sh.600007" ? { records: (rows) => rows.map((row) => row.with(1, "sh.1")) } : undefined;
    // A walk is patient for a minute; here its clock is the real one, so the test looks at the first refusal.
    const taskId = await app.start("2024-01-02", "2024-01-03");
    while (!app.log.lines.some(({ message }) => message.startsWith("collecting failed")))
      await new Promise((resolve) => setTimeout(resolve, 10));
    await app.api(`/sync/batch/${taskId}/cancel`, { method: "POST" });
    expect(await app.settle(taskId)).toMatchObject({ status: "cancelled", success: 0, rows: 0 });
    expect(await stored()).toEqual([]);
  });
});

/** 30 sessions, or four; the refused question is the only one that is ever asked twice. */
test.each([
  { what: "the login", method: "login", number: 1, stocks: 60, until: "2024-02-20", days: 30 },
  { what: "the list of the 27th day", method: "query_all_stock", number: 27, stocks: 60, until: "2024-02-20", days: 30 },
  { what: "the 2,000th history", method: HISTORY, number: 2_000, stocks: 2_060, until: "2024-01-05", days: 4 },
])("a ban that answers $what pauses the task with all that came before; afterwards nothing is asked twice", async (ban) => {
  const { method, number, stocks, until, days } = ban;
  await open({ stocks });
  fake.faultOf = (request) => (request.method === method && request.number === number ? BLACKLISTED : undefined);
  const taskId = await app.start("2024-01-02", until);
  const paused = await app.progressWhen(taskId, ({ status }) => status !== "running");
  expect(paused).toMatchObject({ status: "paused", pause: { reason: "banned", detail: "黑名单用户 (10001011)" }, errors: [] });
  expect(fake.asked(method)).toBe(number);
  expect(fake.requests.at(-1)?.method).toBe(method);
  expect(await stored()).toEqual([]);
  // No line stays open to who bans.
  await expect.poll(() => fake.lines.open).toBe(0);

  // A day later.
  await app.ask("UPDATE sync_task SET resume_at = clock_timestamp()");
  await app.ask("UPDATE sync_closed_source SET until = clock_timestamp()");
  const done = await app.settle(taskId);
  expect(done).toMatchObject({ status: "completed", success: days, failed: 0, rows: days * stocks });
  const once = { query_trade_dates: 1, query_all_stock: days, [HISTORY]: stocks };
  for (const [question, times] of Object.entries(once))
    expect(fake.asked(question), question).toBe(question === method ? times + 1 : times);
  expect(fake.asked("login")).toBe(2);
  const codes = fake.requests.filter((request) => request.method === HISTORY).map(({ fields }) => fields[4]);
  expect(new Set(codes).size).toBe(stocks);
  expect(fake.lines.most).toBe(1);
  expect(await staged()).toEqual({ n: "0" });
});
