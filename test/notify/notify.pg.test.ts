import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { startApp } from "../support/app";
import { until } from "../cli/terminal";
import { aWebhook, hangs, taken } from "./webhook";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function aConsole(answers: Parameters<typeof aWebhook>, env: Record<string, string> = {}, databaseUrl?: string) {
  const webhook = await aWebhook(...answers);
  const app = await startApp({ env: { ...env, NOTIFY_URL: webhook.url }, ...(databaseUrl ? { databaseUrl } : {}) });
  closers.push(webhook.close, () => app.stop());
  return { webhook, app };
}

test("a task with failed days is told once, by the instance that ran it, though two look on", async () => {
  const one = await aConsole([taken], { SAMPLE_FAIL_DAYS: "2024-03-05", PUBLIC_ORIGIN: "http://console.example.com" });
  const two = await aConsole([taken], { SAMPLE_FAIL_DAYS: "2024-03-05" }, one.app.databaseUrl);
  const { task_id } = await one.app.sync("2024-03-04", "2024-03-08");
  await one.app.sync("2024-03-04", "2024-03-04");
  await until(() => one.webhook.told.length > 0);
  await two.app.composition.stopWork();
  await one.app.composition.stopWork();
  expect(one.webhook.events()).toEqual([`task_finished ${task_id}`]);
  expect(one.webhook.told[0]?.body).toMatchObject({
    failed: 1,
    success: 4,
    causes: [{ code: "source_error", days: 1 }],
    link: `http://console.example.com/history/${task_id}`,
  });
  expect(two.webhook.told).toEqual([]);
});

test("a webhook that hangs delays no task, no start and no answer", async () => {
  const { webhook, app } = await aConsole([hangs], { SAMPLE_FAIL_DAYS: "2024-03-05" });
  for (let turn = 0; turn < 3; turn += 1)
    expect(await app.sync("2024-03-04", "2024-03-08")).toMatchObject({ status: "completed" });
  // It is told a moment after its task, and the others wait behind it.
  await until(() => webhook.told.length > 0);
  expect(webhook.told).toHaveLength(1);
});

test("a takeover after a crash is told by the one that goes on", async () => {
  const one = await aConsole([taken], { SAMPLE_DAY_MS: "100" });
  // What a crash leaves behind: a task that runs and a lease that nobody renews.
  const id = await one.app.start("2024-03-04", "2024-03-08");
  await one.app.composition.stopWork();
  await one.app.ask(`UPDATE sync_task SET status = 'running', epoch = 1 WHERE task_id = '${id}'`);
  await one.app.ask(
    `UPDATE sync_lease SET holder = gen_random_uuid(), task_id = '${id}', expires_at = clock_timestamp() - interval '1 s'`,
  );
  const two = await aConsole([taken], {}, one.app.databaseUrl);
  expect(await two.app.settle(id)).toMatchObject({ status: "completed", success: 5 });
  await until(() => two.webhook.told.length > 0);
  expect(two.webhook.events()).toEqual([`task_taken_over ${id}`]);
  expect(one.webhook.told).toEqual([]);
});

test("a task that crashed too often is told as failed, though no instance runs it", async () => {
  const one = await aConsole([taken], { SAMPLE_DAY_MS: "100" });
  const id = await one.app.start("2024-03-04", "2024-03-08");
  await one.app.composition.stopWork();
  await one.app.ask(`UPDATE sync_task SET status = 'interrupted', crashes = 3 WHERE task_id = '${id}'`);
  const two = await aConsole([taken], {}, one.app.databaseUrl);
  await until(() => two.webhook.told.length > 0);
  expect(two.webhook.events()).toEqual([`task_failed ${id}`]);
  expect(two.webhook.told[0]?.body).toMatchObject({ error: { code: "poison_task" }, status: "failed" });
});

test("a clean stop and the start after it are no news", async () => {
  const one = await aConsole([taken], { SAMPLE_DAY_MS: "100" });
  const id = await one.app.start("2024-03-04", "2024-03-08");
  await one.app.composition.stopWork();
  const two = await aConsole([taken], {}, one.app.databaseUrl);
  expect(await two.app.settle(id)).toMatchObject({ status: "completed", success: 5 });
  await sleep(50);
  expect([one.webhook.told, two.webhook.told]).toEqual([[], []]);
});
