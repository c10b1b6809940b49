import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Started } from "@/lib/contract/routes";
import type { TaskDay, TaskDaysPage, TaskSummary } from "@/lib/contract/task";
import { type App, startApp } from "../support/app";
import { holdDay } from "../support/held-day";

let app: App;
beforeAll(async () => {
  app = await startApp({ env: { OPERATOR_NAME: "night shift" } });
});
afterEach(() => app.ask("TRUNCATE daily_stock_data, sync_day, sync_task CASCADE"));
afterAll(() => app.stop());

async function verify(start_date: string, end_date: string, more: object = {}): Promise<string> {
  const { status, body } = await app.api<Started>("/verify", { body: { start_date, end_date, ...more } });
  expect(status).toBe(202);
  await app.settle(body.data.task_id);
  return body.data.task_id;
}
const daysOf = async (taskId: string) => (await app.api<TaskDaysPage>(`/tasks/${taskId}/days`)).body.data.days;
const dayOf = async (taskId: string, date: string) => (await daysOf(taskId)).find((day) => day.date === date) as TaskDay;
const table = () =>
  app.ask("SELECT md5(string_agg(t::text, '|' ORDER BY trade_date, stock_code)) AS sum FROM daily_stock_data t");
const ledger = () => app.ask("SELECT * FROM sync_day ORDER BY date");
const retry = (taskId: string, body: object) => app.api<Started>(`/sync/batch/${taskId}/retry`, { method: "POST", body });

test("a table that is as the source says shows no difference on any day", async () => {
  await app.sync("2024-01-02", "2024-01-05");
  const id = await verify("2024-01-01", "2024-01-08");
  const same = { status: "success", reason: null, rows: 50, diff: { added: 0, changed: 0, vanished: 0, held: 50, examples: [] } };
  const days = await daysOf(id);
  expect(days.slice(1, 5)).toMatchObject([same, same, same, same]);
  expect(days.map((day) => day.reason)).toEqual(["holiday", null, null, null, null, "weekend", "weekend", "not_loaded"]);
  expect((await app.api<TaskSummary>(`/tasks/${id}`)).body.data).toMatchObject({
    task_type: "verify",
    status: "completed",
    fetch_days: 4,
    success: 4,
    skipped: 4,
    started_by: "night shift",
  });
});

test("rows that were added, changed and vanished are counted and shown, and the table and its ledger stay as they were", async () => {
  await app.sync("2024-01-02", "2024-01-04");
  const codes = (
    await app.ask("SELECT stock_code FROM daily_stock_data WHERE trade_date = '2024-01-03' ORDER BY stock_code")
  ).map((row) => String(row["stock_code"]));
  await app.ask(`DELETE FROM daily_stock_data WHERE trade_date = '2024-01-03' AND stock_code IN ('${codes[0]}', '${codes[1]}')`);
  await app.ask(
    `UPDATE daily_stock_data SET close_price = 1.25, turnover_rate = NULL WHERE trade_date = '2024-01-03' AND stock_code = '${codes[2]}'`,
  );
  await app.ask("INSERT INTO daily_stock_data (stock_code, trade_date, close_price) VALUES ('ZZ', '2024-01-03', 9)");
  const before = [await table(), await ledger()];

  const id = await verify("2024-01-02", "2024-01-04");
  const { diff, reason } = await dayOf(id, "2024-01-03");
  expect(reason).toBe("changed");
  expect(diff).toMatchObject({ added: 2, changed: 1, vanished: 1, held: 49 });
  expect(diff?.examples.map(({ code, change }) => [code, change])).toEqual([
    [codes[0], "added"],
    [codes[1], "added"],
    [codes[2], "changed"],
    ["ZZ", "vanished"],
  ]);
  const fields = diff?.examples[2]?.fields;
  expect(fields?.map(({ field }) => field)).toContain("close_price");
  expect(fields?.find(({ field }) => field === "close_price")?.held).toBe("1.25");
  expect((await dayOf(id, "2024-01-04")).diff).toMatchObject({ added: 0, changed: 0, vanished: 0 });
  expect([await table(), await ledger()]).toEqual(before);
});

test("a number written with other zeros is the same number", async () => {
  await app.sync("2024-01-02", "2024-01-02");
  await app.ask("UPDATE daily_stock_data SET close_price = close_price * 1.0000, amount = amount + 0.000");
  expect((await dayOf(await verify("2024-01-02", "2024-01-02"), "2024-01-02")).diff).toMatchObject({ changed: 0, examples: [] });
});

test("of a day that changed wholly five examples are kept", async () => {
  await app.sync("2024-01-02", "2024-01-02");
  await app.ask("UPDATE daily_stock_data SET close_price = close_price + 1");
  const { diff } = await dayOf(await verify("2024-01-02", "2024-01-02"), "2024-01-02");
  expect(diff).toMatchObject({ changed: 50, held: 50 });
  expect(diff?.examples).toHaveLength(5);
});

test("applying fetches exactly the changed days again, by force, and a second verify finds nothing", async () => {
  await app.sync("2024-01-02", "2024-01-05");
  await app.ask("UPDATE daily_stock_data SET close_price = 1 WHERE trade_date IN ('2024-01-03', '2024-01-05')");
  const id = await verify("2024-01-02", "2024-01-05");
  const { status, body } = await retry(id, { only: "changed" });
  expect([status, body.data.total_days]).toEqual([202, 2]);
  await app.settle(body.data.task_id);
  const applied = (await app.api<TaskSummary>(`/tasks/${body.data.task_id}`)).body.data;
  expect(applied).toMatchObject({ task_type: "web_batch", options: { force: true }, success: 2, total: 2 });
  const again = await verify("2024-01-02", "2024-01-05");
  expect((await daysOf(again)).map((day) => day.reason)).toEqual([null, null, null, null]);
});

test("of the changed days only the chosen ones are applied", async () => {
  await app.sync("2024-01-02", "2024-01-05");
  await app.ask("UPDATE daily_stock_data SET close_price = 1");
  const id = await verify("2024-01-02", "2024-01-05");
  const { body } = await retry(id, { only: "changed", days: ["2024-01-03", "2024-01-08"] });
  await app.settle(body.data.task_id);
  expect((await daysOf(body.data.task_id)).map((day) => day.date)).toEqual(["2024-01-03"]);
  expect((await retry(id, { only: "changed", days: ["2024-01-08"] })).body.code).toBe("nothing_to_retry");
});

test("a verify without differences has nothing to apply", async () => {
  await app.sync("2024-01-02", "2024-01-02");
  expect((await retry(await verify("2024-01-02", "2024-01-02"), { only: "changed" })).body.code).toBe("nothing_to_retry");
});

test("a day that the source no longer delivers fails, changes nothing, and is verified again on retry", async () => {
  const failing = await startApp({ databaseUrl: app.databaseUrl, env: { SAMPLE_FAIL_DAYS: "2024-01-03" } });
  await app.sync("2024-01-02", "2024-01-04");
  const before = await ledger();
  const { body } = await failing.api<Started>("/verify", { body: { start_date: "2024-01-02", end_date: "2024-01-04" } });
  await failing.settle(body.data.task_id);
  await failing.stop();
  expect(await dayOf(body.data.task_id, "2024-01-03")).toMatchObject({ status: "failed", reason: "source_error", diff: null });
  expect(await ledger()).toEqual(before);
  const again = await retry(body.data.task_id, { only: "failed" });
  await app.settle(again.body.data.task_id);
  expect((await app.api<TaskSummary>(`/tasks/${again.body.data.task_id}`)).body.data).toMatchObject({
    task_type: "verify",
    success: 1,
    total: 1,
  });
});

test("a verify waits in the queue behind a running sync, and is refused without being asked to wait", async () => {
  const slow = await startApp({ databaseUrl: app.databaseUrl, env: { SAMPLE_DAY_MS: "150" } });
  const letGo = await holdDay(slow.ask, "2024-01-05");
  const running = await slow.start("2024-01-02", "2024-01-05");
  const range = { start_date: "2024-01-02", end_date: "2024-01-03" };
  expect((await slow.api("/verify", { body: range })).body.code).toBe("sync_already_running");
  const { body } = await slow.api<Started>("/verify", { body: { ...range, if_busy: "queue" } });
  await letGo();
  await slow.settle(running);
  expect(await slow.settle(body.data.task_id)).toMatchObject({ status: "completed", success: 2 });
  await slow.stop();
});

test("a verify is cancelled like every task; what it compared stays, the table was never touched", async () => {
  const slow = await startApp({ databaseUrl: app.databaseUrl, env: { SAMPLE_DAY_MS: "200" } });
  await app.sync("2024-01-02", "2024-01-31");
  const before = await table();
  const { body } = await slow.api<Started>("/verify", { body: { start_date: "2024-01-02", end_date: "2024-01-31" } });
  await slow.progressWhen(body.data.task_id, (progress) => progress.success > 0);
  await slow.api(`/sync/batch/${body.data.task_id}/cancel`, { method: "POST" });
  expect((await slow.settle(body.data.task_id)).status).toBe("cancelled");
  expect((await daysOf(body.data.task_id)).filter((day) => day.diff).length).toBeGreaterThan(0);
  expect(await table()).toEqual(before);
  await slow.stop();
});

test("a verify is paused after its day and goes on from there: every day is compared once", async () => {
  const slow = await startApp({ databaseUrl: app.databaseUrl, env: { SAMPLE_DAY_MS: "600" } });
  await app.sync("2024-01-02", "2024-01-12");
  const { body } = await slow.api<Started>("/verify", { body: { start_date: "2024-01-02", end_date: "2024-01-12" } });
  const id = body.data.task_id;
  await slow.progressWhen(id, (progress) => progress.success > 0);
  await slow.api(`/sync/batch/${id}/pause`, { method: "POST" });
  const paused = await slow.progressWhen(id, ({ status }) => status === "paused");
  expect(paused.success).toBeLessThan(9);
  await slow.api(`/sync/batch/${id}/resume`, { method: "POST" });
  expect(await slow.settle(id)).toMatchObject({ status: "completed", success: 9 });
  expect((await daysOf(id)).filter((day) => day.diff).every((day) => day.attempts === 1)).toBe(true);
  await slow.stop();
});

test("the range of a verify is checked like that of a sync", async () => {
  const refused = async (body: object) => (await app.api("/verify", { body })).body.code;
  expect(await refused({ start_date: "2024-01-05", end_date: "2024-01-02" })).toBe("invalid_range");
  expect(await refused({ start_date: "2024-01-05" })).toBe("missing_field");
  expect(await refused({ start_date: "2024-02-30", end_date: "2024-03-01" })).toBe("invalid_date");
  expect(await refused({ start_date: "2024-01-05", end_date: "2999-01-02" })).toBe("future_date");
});
