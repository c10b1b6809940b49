import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Progress, RejectedRows, TaskPage, TaskSummary } from "@/lib/contract/task";
import { type App, startApp } from "../support/app";
import { emptyDisk, fillDisk, makeDisk } from "../support/full-disk";

const DAY = "2024-01-03";
let app: App;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dayfill-refusals-"));
  const lines = Array.from({ length: 200 }, (_, index) => `${600_000 + index},10.5`);
  writeFileSync(join(folder, `${DAY}.csv`), ["stock_code,close_price", ...lines, "600999,halted"].join("\n"));
  writeFileSync(join(folder, "2024-01-04.csv"), ["stock_code,close_price", ...lines].join("\n"));
  app = await startApp({ env: { SOURCE: "files", FILES_URL: join(folder, "{yyyy-MM-dd}.csv") } });
  await makeDisk(app.ask);
});
afterAll(async () => {
  await app.stop();
  rmSync(folder, { recursive: true });
});

test("a full disk pauses the task, which says why and until when, and goes on by itself once there is room", async () => {
  await fillDisk(app.ask);
  const taskId = await app.start("2024-01-04", "2024-01-04");
  const paused = await app.progressWhen(taskId, ({ status }) => status === "paused");
  expect(paused).toMatchObject({ success: 0, failed: 0, pause: { reason: "disk_full", by: null, detail: null } });
  expect(Date.parse(paused.pause?.resume_at ?? "") - Date.now()).toBeGreaterThan(4 * 60_000);
  expect(paused.message).toMatch(/^已暂停: 数据库没有剩余空间，将于 \d{4}-\d\d-\d\d \d\d:\d\d 自动继续$/);
  const english = await app.api<Progress>(`/sync/batch/progress/${taskId}`, { headers: { "Accept-Language": "en" } });
  expect(english.body.data.message).toContain("Paused: the database has no room left; goes on by itself at ");
  expect((await app.api<TaskPage>("/tasks?status=paused")).body.data.total).toBe(1);
  expect(await app.ask("SELECT 1 FROM daily_stock_data")).toEqual([]);

  await emptyDisk(app.ask);
  await app.ask("UPDATE sync_task SET resume_at = clock_timestamp()");
  expect(await app.settle(taskId)).toMatchObject({ status: "completed", success: 1, pause: null });
  const { activity } = (await app.api<TaskSummary>(`/tasks/${taskId}`)).body.data;
  expect(activity.map(({ action, by, reason }) => [action, by, reason])).toEqual([
    ["started", null, null],
    ["paused", null, "disk_full"],
    ["resumed", null, "disk_full"],
  ]);
});

test("rows that were left out of a day are told with their reasons, there and in the receipt", async () => {
  const { task_id, success } = await app.sync(DAY, DAY);
  expect(success).toBe(1);
  const bad = { row: 201, code: "600999", field: "close_price", value: "halted", problem: "not_a_number" };
  const { body } = await app.api<RejectedRows>(`/tasks/${task_id}/days/${DAY}/rejected`);
  expect(body.data).toEqual({ rejected: 1, sample: [bad] });
  const receipt = (await app.api(`/tasks/${task_id}/receipt.json`)).body as unknown as { days: object[] };
  expect(receipt.days).toMatchObject([{ date: DAY, rejected: 1, rejected_sample: [bad] }]);
});

test.each([
  [`/tasks/nobody/days/${DAY}/rejected`, 404, "task_not_found"],
  ["TASK/days/2020-01-01/rejected", 404, "day_not_found"],
  ["TASK/days/2024-13-01/rejected", 400, "invalid_date"],
])("asked for the rows left out at %s it answers %d %s", async (path, status, code) => {
  const [task] = (await app.api<TaskPage>("/tasks")).body.data.tasks;
  expect(await app.api(path.replace("TASK", `/tasks/${task?.task_id}`))).toMatchObject({ status, body: { code } });
});
