import { afterAll, beforeAll, expect, test } from "vitest";
import type { DayRecord, Started } from "@/lib/contract/routes";
import { type App, startApp } from "../support/app";
import { createNoonClock } from "../support/noon-clock";

const clock = createNoonClock();
const { today } = clock;
const ENGLISH = { "Accept-Language": "en" };
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\+08:00$/;

let app: App;
/** 2024-01-02 stored, 01-03 failed, 01-04 and 01-05 stored; 01-01 was a holiday, 01-06 and 01-07 a weekend. Today is open. */
beforeAll(async () => {
  app = await startApp({ env: { SAMPLE_FAIL_DAYS: "2024-01-03", CALENDAR_OPEN: today }, clock });
  await app.sync("2024-01-01", "2024-01-07");
});
afterAll(() => app.stop());

const get = async <Data>(path: string, headers = {}) => (await app.api<Data>(path, { headers })).body;

test("the record of a stored day", async () => {
  expect((await get("/date/2024-01-02")).data).toEqual({
    sync_date: "2024-01-02",
    status: "success",
    total_records: 50,
    success_count: 50,
    failed_count: 0,
    start_time: expect.stringMatching(INSTANT),
    end_time: expect.stringMatching(INSTANT),
    duration_seconds: expect.any(Number),
    error_message: null,
    remarks: null,
  });
});

test("the record of a failed day says why, in the language asked for", async () => {
  expect((await get("/date/2024-01-03")).data).toMatchObject({
    status: "failed",
    total_records: 0,
    error_message: "SAMPLE_FAIL_DAYS 设定该日失败",
  });
  expect((await get<DayRecord>("/date/2024-01-03", ENGLISH)).data.error_message).toMatch(/SAMPLE_FAIL_DAYS/);
});

test("a missing day is pending; closed days and days before the first known one have no record", async () => {
  expect((await get("/date/2024-01-08")).data).toMatchObject({ status: "pending", start_time: null, total_records: 0 });
  for (const day of ["2024-01-01", "2024-01-06", "2023-12-29"])
    expect(await get(`/date/${day}`)).toMatchObject({ code: "day_not_found" });
});

test("the list is newest first, in pages, with counts over all pages", async () => {
  const range = "start_date=2024-01-01&end_date=2024-01-09";
  const first = await get<{ records: DayRecord[] }>(`/list?${range}&page_size=4`);
  expect(first.data.records.map((record) => record.sync_date)).toEqual(["2024-01-09", "2024-01-08", "2024-01-05", "2024-01-04"]);
  expect(first.data).toMatchObject({
    total: 6,
    page: 1,
    page_size: 4,
    total_pages: 2,
    stats: { total: 6, pending: 2, syncing: 0, success: 3, failed: 1, skipped: 0 },
  });
  const second = await get<{ records: DayRecord[] }>(`/list?${range}&page_size=4&page=2`);
  expect(second.data.records.map((record) => record.sync_date)).toEqual(["2024-01-03", "2024-01-02"]);
  expect((await get(`/list?${range}&status=failed`)).data).toMatchObject({ total: 1, records: [{ sync_date: "2024-01-03" }] });
  expect((await get(`/list?${range}&page=9`)).data).toMatchObject({ records: [], total: 6, total_pages: 1 });
  const known = await get<{ records: DayRecord[] }>("/list?end_date=2024-01-05");
  expect(known.data.records.at(-1)?.sync_date).toBe("2024-01-02");
});

test("today, recent, pending and summary look back from the exchange's day", async () => {
  expect((await get("/today")).data).toMatchObject({ sync_date: today, status: "pending" });
  expect(await get("/recent?days=1")).toMatchObject({ total: 1, data: [{ sync_date: today }] });
  expect(await get("/pending?days_back=1")).toMatchObject({
    total: 1,
    dates: [today],
    data: [{ sync_date: today, status: "pending" }],
  });
  expect((await get("/summary?days=1")).data).toMatchObject({
    total_days: 1,
    status_count: { pending: 1, syncing: 0, success: 0, failed: 0, skipped: 0 },
    recent_records: [{ sync_date: today }],
  });
  expect((await get<{ recent_records: DayRecord[] }>("/summary?days=60")).data.recent_records).toHaveLength(10);
});

test("pending starts exactly the days that miss, and nothing once none is missing", async () => {
  const { status, body } = await app.api<Started>("/sync/pending?days_back=1", { method: "POST" });
  expect([status, body.data.total_days]).toEqual([202, 1]);
  expect(await app.settle(body.data.task_id)).toMatchObject({ total: 1, success: 1, start_date: today, end_date: today });
  const again = await app.api("/sync/pending?days_back=1", { method: "POST" });
  expect([again.status, again.body]).toEqual([200, { status: "success", data: null }]);
  expect(await get("/pending?days_back=1")).toMatchObject({ total: 0, dates: [], data: [] });
  expect((await get("/today")).data).toMatchObject({ status: "success", success_count: 50 });
});

test("today and one date start a task of one day, on a closed day too", async () => {
  for (const [path, day, success] of [
    ["/sync/today", today, 0],
    ["/sync/date/2024-01-08", "2024-01-08", 1],
    ["/sync/date/2024-01-06", "2024-01-06", 0],
  ] as const) {
    const { status, body } = await app.api<Started>(path, { method: "POST" });
    expect([status, body.data.message]).toEqual([202, "批量同步任务已启动，将同步 1 天的数据"]);
    expect(await app.settle(body.data.task_id)).toMatchObject({ start_date: day, end_date: day, success, skipped: 1 - success });
  }
});

test("a check counts what the table holds and corrects what was believed", async () => {
  const check = async (day: string, headers = {}) => (await app.api(`/check/${day}`, { method: "POST", headers })).body;
  expect(await check("2024-01-04")).toEqual({
    status: "success",
    date: "2024-01-04",
    need_sync: false,
    reason: "该日数据完整，无需同步",
    data: { need_sync: false, reason: "该日数据完整，无需同步" },
  });
  expect(await check("2024-01-06")).toMatchObject({ need_sync: false, reason: "该日休市，无需同步" });
  expect(await check("2024-01-03")).toMatchObject({ need_sync: true, reason: "上次同步失败，需要重新同步" });
  expect(await check("2024-01-09", ENGLISH)).toMatchObject({ need_sync: true, reason: "No rows of this day are stored" });
  await app.ask(
    "DELETE FROM daily_stock_data WHERE trade_date = '2024-01-04' AND stock_code > (SELECT max(stock_code) FROM (SELECT stock_code FROM daily_stock_data WHERE trade_date = '2024-01-04' ORDER BY 1 LIMIT 10) t)",
  );
  expect(await check("2024-01-04")).toMatchObject({ need_sync: true, reason: "该日数据存疑，建议重新同步" });
  expect((await get("/date/2024-01-04")).data).toMatchObject({ total_records: 10 });
  await app.ask("DELETE FROM daily_stock_data WHERE trade_date = '2024-01-05'");
  expect(await check("2024-01-05")).toMatchObject({ need_sync: true, reason: "未找到该日数据，需要同步" });
  expect(await app.sync("2024-01-04", "2024-01-05")).toMatchObject({ success: 2, rows: 100 });
});

test("while a task runs its days are syncing or pending, and a check only reports", async () => {
  const slow = await startApp({ env: { SAMPLE_DAY_MS: "60000" } });
  const taskId = await slow.start("2024-01-02", "2024-01-03");
  await slow.progressWhen(taskId, ({ phase }) => phase === "fetching");
  await expect.poll(async () => (await slow.api<DayRecord>("/date/2024-01-02")).body.data.status).toBe("syncing");
  expect((await slow.api("/date/2024-01-03")).body.data).toMatchObject({ status: "pending" });
  const check = await slow.api("/check/2024-01-03", { method: "POST" });
  expect(check.body).toMatchObject({ need_sync: false, reason: "该日正在排队" });
  expect((await slow.api("/coverage?from=2024-01-01&to=2024-01-04")).body.data).toMatchObject([
    { state: "no_trading" },
    { from: "2024-01-02", state: "running" },
    { from: "2024-01-03", state: "queued" },
    { from: "2024-01-04", state: "missing" },
  ]);
  await slow.stop();
});
