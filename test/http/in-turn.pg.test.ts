import { afterEach, beforeEach, expect, test } from "vitest";
import type { Started } from "@/lib/contract/routes";
import { type App, startApp } from "../support/app";

const FINGERPRINT = "sample|XSHG|daily_stock_data";
const WAITING = "2024-02-01_2024-02-01_1";

let app: App;
beforeEach(async () => {
  app = await startApp({ env: { SAMPLE_SYMBOLS: "5", SAMPLE_DAY_MS: "1500" } });
});
afterEach(() => app.stop());

/** A task that waits although nothing runs, as after a stop: no instance has looked at it yet. */
const leave = (more: { fingerprint?: string; notBefore?: string } = {}) =>
  app.ask(`INSERT INTO sync_task (task_id, task_type, status, start_date, end_date, total_days, options, source, fingerprint, not_before)
           VALUES ('${WAITING}', 'web_batch', 'queued', '2024-02-01', '2024-02-01', 1, '{"force":false,"accept_incomplete":false,"order":"asc"}',
                   'sample', '${more.fingerprint ?? FINGERPRINT}', ${more.notBefore ?? "NULL"})`);
const begin = (more: object = {}) =>
  app.api<Started>("/sync/batch", { body: { start_date: "2024-01-02", end_date: "2024-01-02", ...more } });
const startedAt = async (taskId: string) =>
  (await app.ask(`SELECT started_at FROM sync_task WHERE task_id = '${taskId}'`))[0]?.["started_at"] as Date;

test("a start does not jump the queue: it is refused in the name of the task whose turn it is, which runs at once", async () => {
  await leave();
  const refused = await begin();
  expect(refused).toMatchObject({
    status: 409,
    body: { code: "sync_already_running", current_task: { task_id: WAITING, start_date: "2024-02-01" } },
  });
  expect(await app.settle(WAITING)).toMatchObject({ status: "completed" });
  expect((await begin()).status).toBe(202);
});

test("a start that may wait takes its place behind", async () => {
  await leave();
  const mine = (await begin({ if_busy: "queue" })).body.data.task_id;
  expect(await app.settle(mine)).toMatchObject({ status: "completed" });
  expect((await startedAt(WAITING)).getTime()).toBeLessThan((await startedAt(mine)).getTime());
});

test.each([
  ["one that waits for its hour", { notBefore: "now() + interval '1 hour'" }],
  ["one of another configuration", { fingerprint: "files|XNYS|daily_stock_data" }],
])("%s holds nobody up", async (_what, more) => {
  await leave(more);
  const { status, body } = await begin();
  expect(status).toBe(202);
  expect(await app.settle(body.data.task_id)).toMatchObject({ status: "completed" });
});

test("a resumed task comes before a start of the same moment", async () => {
  const paused = await app.start("2024-01-02", "2024-01-31");
  await app.progressWhen(paused, ({ success }) => success >= 1);
  await app.api(`/sync/batch/${paused}/pause`, { method: "POST" });
  await app.progressWhen(paused, ({ status }) => status === "paused");
  expect((await app.api(`/sync/batch/${paused}/resume`, { method: "POST" })).status).toBe(202);
  const started = await begin();
  expect(started).toMatchObject({ status: 409, body: { current_task: { task_id: paused } } });
});
