import { afterAll, beforeAll, expect, test } from "vitest";
import type { CoverageRun } from "@/lib/contract/coverage";
import type { Preview } from "@/lib/contract/plan";
import type { ConsoleInfo } from "@/lib/contract/console";
import type { TaskDaysPage, TaskPage, TaskSummary } from "@/lib/contract/task";
import { type App, startApp } from "../support/app";
import { addDays, type Day } from "@/lib/contract/day";
import { dayIn } from "./today";

let app: App;
let taskId: string;
let begunOn: Day;
beforeAll(async () => {
  begunOn = dayIn("Asia/Shanghai");
  app = await startApp({ env: { SAMPLE_FAIL_DAYS: "2024-01-03", OPERATOR_NAME: "night shift" } });
  taskId = (await app.sync("2024-01-01", "2024-01-07")).task_id;
  await app.sync("2024-01-02", "2024-01-02");
});
afterAll(() => app.stop());

const around = (day: Day | undefined) =>
  [dayIn("Asia/Shanghai"), addDays(dayIn("Asia/Shanghai"), -1)].includes(day ?? "0000-00-00");
const get = async <Data>(path: string) => (await app.api<Data>(path)).body.data;
const startedBy = async (headers: Record<string, string>) => {
  const { body } = await app.api<{ task_id: string }>("/sync/date/2024-01-06", { method: "POST", headers });
  return (await app.settle(body.data.task_id)).started_by;
};

test("the history is newest first, with a cursor to older tasks", async () => {
  const first = await get<TaskPage>("/tasks?limit=1");
  expect(first).toMatchObject({ total: 2, tasks: [{ start_date: "2024-01-02", skipped: 1 }] });
  const second = await get<TaskPage>(`/tasks?limit=1&cursor=${first.next}`);
  expect(second).toMatchObject({ next: null, tasks: [{ task_id: taskId }] });
  expect((await get<TaskPage>("/tasks?status=with_failed_days")).tasks.map((task) => task.task_id)).toEqual([taskId]);
  expect(await get("/tasks?status=failed")).toEqual({ tasks: [], next: null, total: 0, total_is_capped: false });
  const today = dayIn("Asia/Shanghai");
  expect(await get(`/tasks?from=${begunOn}&to=${today}&type=web_batch&status=completed`)).toMatchObject({ total: 2 });
  expect(await get("/tasks?to=2020-01-01")).toMatchObject({ total: 0 });
});

test("one task tells all of itself", async () => {
  const task = await get<TaskSummary>(`/tasks/${taskId}`);
  expect(task).toMatchObject({
    task_id: taskId,
    status: "completed",
    success: 3,
    failed: 1,
    skipped: 3,
    rows: 150,
    fetch_days: 4,
    started_by: "night shift",
    source: "sample",
    takeovers: 0,
    options: { force: false, accept_incomplete: false, order: "asc" },
    predicted: { seconds: null, fetch_days: 4, rows: null },
    error: null,
    errors: [{ date: "2024-01-03", error: "SAMPLE_FAIL_DAYS 设定该日失败" }],
  });
  expect(task.holder).toBeTruthy();
});

test("its days are in the order of the calendar, by page and status", async () => {
  const all = await get<TaskDaysPage>(`/tasks/${taskId}/days`);
  expect(all.days.map((day) => [day.date, day.status, day.reason])).toEqual([
    ["2024-01-01", "skipped", "holiday"],
    ["2024-01-02", "success", null],
    ["2024-01-03", "failed", "source_error"],
    ["2024-01-04", "success", null],
    ["2024-01-05", "success", null],
    ["2024-01-06", "skipped", "weekend"],
    ["2024-01-07", "skipped", "weekend"],
  ]);
  const page = await get<TaskDaysPage>(`/tasks/${taskId}/days?limit=2&cursor=2024-01-02`);
  expect(page).toMatchObject({ next: "2024-01-04", days: [{ date: "2024-01-03" }, { date: "2024-01-04" }] });
  expect(await get(`/tasks/${taskId}/days?status=failed`)).toMatchObject({ next: null, days: [{ date: "2024-01-03" }] });
});

test("a preview says what a start would do, and starts nothing", async () => {
  const preview = (body: object) => app.api<Preview>("/sync/batch/preview", { body });
  const range = { start_date: "2024-01-01", end_date: "2024-01-09" };
  const { status, body } = await preview(range);
  expect(status).toBe(200);
  expect(body.data).toMatchObject({
    days: [
      { from: "2024-01-01", to: "2024-01-01", action: "skip", reason: "holiday" },
      { from: "2024-01-02", to: "2024-01-02", action: "skip", reason: "already_synced" },
      { from: "2024-01-03", to: "2024-01-03", action: "fetch", reason: "failed" },
      { from: "2024-01-04", to: "2024-01-05", action: "skip", reason: "already_synced" },
      { from: "2024-01-06", to: "2024-01-07", action: "skip", reason: "weekend" },
      { from: "2024-01-08", to: "2024-01-09", action: "fetch", reason: "missing" },
    ],
    counts: { calendar: 9, trading: 6, missing: 2, failed: 1, already_synced: 3 },
    fetch_days: 3,
    rows_expected: 150,
    rows_held: 150,
    rows_replaced: 0,
    seconds: [expect.any(Number), expect.any(Number)],
    warnings: [{ code: "sample_source", params: {} }],
    current_task: null,
  });
  const forced = await preview({ ...range, force: true });
  expect(forced.body.data).toMatchObject({
    fetch_days: 6,
    rows_replaced: 150,
    warnings: [{ code: "overwrite", params: { rows: 150 } }, {}],
  });
  expect(await get("/sync/batch/active")).toBeNull();
});

test("force fetches again what is complete", async () => {
  expect(await app.sync("2024-01-02", "2024-01-02", { force: true })).toMatchObject({ success: 1, skipped: 0, rows: 50 });
});

test("coverage comes as runs of equal days", async () => {
  expect(await get<CoverageRun[]>("/coverage?from=2024-01-01&to=2024-01-08")).toEqual([
    { from: "2024-01-01", to: "2024-01-01", state: "no_trading", reason: "holiday", rows_min: null, rows_max: null },
    { from: "2024-01-02", to: "2024-01-02", state: "complete", reason: null, rows_min: 50, rows_max: 50 },
    { from: "2024-01-03", to: "2024-01-03", state: "failed", reason: null, rows_min: null, rows_max: null },
    { from: "2024-01-04", to: "2024-01-05", state: "complete", reason: null, rows_min: 50, rows_max: 50 },
    { from: "2024-01-06", to: "2024-01-07", state: "no_trading", reason: "weekend", rows_min: null, rows_max: null },
    { from: "2024-01-08", to: "2024-01-08", state: "missing", reason: null, rows_min: null, rows_max: null },
  ]);
  // Midnight may come between the answer and the look.
  expect(around((await get<CoverageRun[]>("/coverage")).at(-1)?.to)).toBe(true);
});

test("the console is told what it needs once", async () => {
  expect(await get<ConsoleInfo>("/console")).toMatchObject({
    version: "0.0.0-test",
    today: expect.toSatisfy(around),
    calendar: { id: "XSHG", zone: "Asia/Shanghai", known_until: "2026-12-31" },
    source: { name: "sample", sample: true, last_call: { ok: true, error: null } },
    database: { version: expect.stringMatching(/^\d+/), embedded: false, ms: expect.any(Number) },
    first_day: "2024-01-02",
    last_complete_day: "2024-01-05",
    operator: "night shift",
  });
});

test("a prepared server is healthy and ready", async () => {
  expect((await app.api("/healthz")).body).toEqual({ status: "ok", version: "0.0.0-test" });
  expect(await app.api("/readyz")).toMatchObject({ status: 200, body: { status: "ready" } });
});

test("the operator's name comes percent-encoded, is cut short and loses what would break a line; else OPERATOR_NAME stands", async () => {
  expect(await startedBy({ "X-Operator": encodeURIComponent("李雷 (夜班)") })).toBe("李雷 (夜班)");
  expect(await startedBy({ "X-Operator": "50% Anna" })).toBe("50% Anna");
  expect(await startedBy({ "X-Operator": `%00%0aEve%1b${"x".repeat(200)}` })).toBe(`Eve${"x".repeat(77)}`);
  expect(await startedBy({ "X-Operator": "%20%09" })).toBe("night shift");
  expect(await startedBy({})).toBe("night shift");
});
