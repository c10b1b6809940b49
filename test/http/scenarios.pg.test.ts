import { afterEach, expect, test } from "vitest";
import type { Started } from "@/lib/contract/routes";
import type { Progress } from "@/lib/contract/task";
import type { Reply } from "../support/api-call";
import { type App, type AppOptions, startApp } from "../support/app";
import { aGatedSource } from "../support/gated-source";

const BUSY_KEYS = ["task_id", "task_type", "start_time", "start_date", "end_date", "total_days", "started_by", "progress"];
const PROGRESS_KEYS =
  `task_id task_type status start_date end_date total current success failed skipped rows current_date phase fetched message
  progress_percent start_time end_time duration_seconds estimated_completion eta_range wait errors started_by pause seq`.split(
    /\s+/,
  );
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\+08:00$/;
const ENGLISH = { "Accept-Language": "en-US,en;q=0.9" };

let app: App;
afterEach(() => app.stop());
async function open(env: Record<string, string> = {}, more: Omit<AppOptions, "env"> = {}) {
  app = await startApp({ ...more, env });
}

test("a start answers at once with the task, word for word as the original did", async () => {
  await open();
  const { status, body } = await app.api<Started>("/sync/batch", { body: { start_date: "2025-10-01", end_date: "2025-10-09" } });
  expect(status).toBe(202);
  expect(body).toEqual({
    status: "success",
    data: {
      task_id: expect.stringMatching(/^2025-10-01_2025-10-09_\d+$/),
      total_days: 9,
      message: "批量同步任务已启动，将同步 9 天的数据",
    },
  });
  expect(await app.settle(body.data.task_id)).toMatchObject({ status: "completed", success: 1, failed: 0, skipped: 8, rows: 50 });
});

test("progress counts the days with an outcome and names the day in work", async () => {
  const { sourceOf, letGo } = aGatedSource("2024-01-05");
  await open({}, { sourceOf });
  const taskId = await app.start("2024-01-02", "2024-01-10");
  const progress = await app.progressWhen(taskId, ({ current }) => current >= 3);
  expect(progress).toMatchObject({
    status: "running",
    total: 9,
    current: 3,
    success: 3,
    failed: 0,
    skipped: 0,
    rows: 150,
    current_date: "2024-01-05",
    phase: "fetching",
    message: "正在同步 2024-01-05... (33.3%)",
    progress_percent: 33.3,
    start_time: expect.stringMatching(INSTANT),
    end_time: null,
    errors: [],
  });
  for (const key of PROGRESS_KEYS) expect(progress).toHaveProperty(key);
  const active = await app.api<{ task_id: string; progress: Progress }>("/sync/batch/active", { headers: ENGLISH });
  expect(active.body.data).toMatchObject({
    task_id: taskId,
    progress: { message: expect.stringMatching(/^Syncing 2024-01-\d\d\.\.\. \(/) },
  });
  letGo();
});

test("what was said at the end stays for ever, and nothing is active any more", async () => {
  await open();
  const taskId = await app.start("2024-01-01", "2024-01-05");
  const done = await app.settle(taskId);
  expect(done.message).toMatch(/^批量同步完成: 成功4, 失败0, 跳过1, 耗时\d+分\d+秒$/);
  expect(done).toMatchObject({
    progress_percent: 100,
    current: 5,
    total: 5,
    current_date: null,
    phase: null,
    end_time: expect.stringMatching(INSTANT),
  });
  const english = await app.api<Progress>(`/sync/batch/progress/${taskId}`, { headers: ENGLISH });
  expect(english.body.data.message).toMatch(/^Sync completed: 4 success, 0 failed, 1 skipped, took \d+ min \d+ s$/);
  expect((await app.api("/sync/batch/active")).body).toEqual({ status: "success", data: null });
});

test("a second start is refused with 409 and the whole running task", async () => {
  await open({ SAMPLE_DAY_MS: "9000" });
  const first = await app.api<Started>("/sync/batch", {
    body: { start_date: "2025-10-01", end_date: "2025-10-10" },
    headers: { "X-Operator": encodeURIComponent("李雷") },
  });
  const { status, headers, body } = await app.api("/sync/batch", { body: { start_date: "2025-10-11", end_date: "2025-10-20" } });
  expect(status).toBe(409);
  expect(body).toMatchObject({
    status: "error",
    code: "sync_already_running",
    message: "已有同步任务正在运行，请等待当前任务完成后再试",
    params: { task_id: first.body.data.task_id },
    current_task: {
      task_id: first.body.data.task_id,
      task_type: "web_batch",
      start_time: expect.stringMatching(INSTANT),
      start_date: "2025-10-01",
      end_date: "2025-10-10",
      total_days: 10,
      started_by: "李雷",
      progress: { status: "running", started_by: "李雷", message: expect.stringMatching(/^正在/) },
    },
  });
  for (const key of BUSY_KEYS) expect(body.current_task).toHaveProperty(key);
  for (const key of PROGRESS_KEYS) expect(body.current_task?.progress).toHaveProperty(key);
  expect(headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
  const english = await app.api("/sync/today", { method: "POST", headers: ENGLISH });
  expect([english.status, english.body.message]).toEqual([
    409,
    "A sync is already running; please wait until it has finished and try again",
  ]);
});

test("a task whose every day fails ends, and the next one may start at once", async () => {
  await open({ SAMPLE_FAIL_DAYS: "2024-01-02,2024-01-03,2024-01-04" });
  const failed = await app.sync("2024-01-02", "2024-01-04");
  expect(failed).toMatchObject({ status: "completed", success: 0, failed: 3, rows: 0 });
  expect(failed.errors.map((error) => error.date).toSorted()).toEqual(["2024-01-02", "2024-01-03", "2024-01-04"]);
  expect(failed.errors[0]).toMatchObject({
    code: "source_error",
    params: { kind: "configured" },
    error: "SAMPLE_FAIL_DAYS 设定该日失败",
    time: expect.stringMatching(INSTANT),
  });
  expect(await app.sync("2024-01-05", "2024-01-05")).toMatchObject({ status: "completed", success: 1 });
});

test("a task that cannot go on is failed, tells why, and the next one may start", async () => {
  await open();
  await app.ask("ALTER TABLE sync_task_day ADD CONSTRAINT no_plan CHECK (position < 0)");
  const failed = await app.sync("2024-01-02", "2024-01-02");
  expect(failed).toMatchObject({ status: "failed", success: 0, message: expect.stringMatching(/^同步失败: .*no_plan/) });
  expect(failed.progress_percent).toBeLessThan(100);
  const summary = await app.api(`/tasks/${failed.task_id}`);
  expect(summary.body.data).toMatchObject({
    error: { code: "internal_error", params: { detail: expect.stringContaining("no_plan") } },
  });
  await app.ask("ALTER TABLE sync_task_day DROP CONSTRAINT no_plan");
  expect(await app.sync("2024-01-02", "2024-01-02")).toMatchObject({ status: "completed", success: 1 });
});

test("who sees a task completed, on whichever instance, may start the next one on any at once", async () => {
  await open();
  const other = await startApp({ databaseUrl: app.databaseUrl });
  for (const day of ["02", "03", "04", "05", "08", "09", "10", "11"]) {
    const taskId = await app.start(`2024-01-${day}`, `2024-01-${day}`);
    let seen: Reply<Progress>;
    do seen = await other.api<Progress>(`/sync/batch/progress/${taskId}`);
    while (seen.body.data.status !== "completed");
    const next = await app.api<Started>("/sync/batch", { body: { start_date: "2024-01-12", end_date: "2024-01-12" } });
    expect([next.status, day]).toEqual([202, day]);
    await app.settle(next.body.data.task_id);
  }
  await other.stop();
});
