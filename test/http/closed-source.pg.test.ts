import { expect, onTestFinished, test } from "vitest";
import type { Preview } from "@/lib/contract/plan";
import type { Progress } from "@/lib/contract/task";
import type { SourceTest } from "@/lib/contract/source";
import { type App, startApp } from "../support/app";
import { createNoonClock } from "../support/noon-clock";
import { startFakeTushare, TUSHARE_TOKEN, tushareSays } from "../support/fake-tushare";

const DAY = "2024-01-02";
const english = { "Accept-Language": "en" };
const NO_MORE = tushareSays(
  40203,
  "抱歉，您每天最多访问该接口5次，权限的具体详情访问：https://tushare.pro/document/1?doc_id=108。",
);

const paused = (app: App, taskId: string) => app.progressWhen(taskId, ({ status }) => status === "paused");
const preview = async (app: App) =>
  (await app.api<Preview>("/sync/batch/preview", { body: { start_date: DAY, end_date: DAY } })).body.data.warnings;
const testDay = async (app: App) =>
  (await app.api<SourceTest>("/source/test", { body: { day: DAY }, headers: english })).body.data;

test("a used up allowance outlives its task and its process; another token does not wait, and a person may insist", async () => {
  const fake = await startFakeTushare({ stocks: 40 });
  onTestFinished(fake.close);
  const env = { SOURCE: "tushare", TUSHARE_TOKEN, TUSHARE_URL: fake.url };
  // The allowance ends at a midnight that is half a day away.
  const clock = createNoonClock();
  const first = await startApp({ env, clock });
  onTestFinished(first.stop);
  fake.fail(NO_MORE);
  const heard = await paused(first, await first.start(DAY, DAY));
  await first.api(`/sync/batch/${heard.task_id}/cancel`, { method: "POST" });
  fake.heal();
  const said = { reason: "quota", resume_at: heard.pause?.resume_at };
  const at = heard.pause?.resume_at?.slice(0, 16).replace("T", " ");

  const again = await paused(first, await first.start(DAY, DAY));
  expect(again.pause).toMatchObject(said);
  expect(await preview(first)).toEqual([{ code: "source_closed", params: { reason: "quota", at } }]);
  // A process that has nothing in its memory.
  const app = await startApp({ env, clock, databaseUrl: first.databaseUrl });
  onTestFinished(app.stop);
  expect(await preview(app)).toEqual([{ code: "source_closed", params: { reason: "quota", at } }]);
  const retried = await app.api<{ task_id: string }>(`/sync/batch/${again.task_id}/retry`, { body: { only: "unfinished" } });
  expect((await paused(app, retried.body.data.task_id)).pause).toMatchObject(said);
  const tested = await testDay(app);
  expect(tested).toMatchObject({ outcome: "refused", error: { params: { kind: "quota" } }, advice: { code: "closed_until" } });
  expect(tested.message).toContain(`The source was not called: it is left alone until ${at} (exchange time)`);
  expect(fake.callsOf("daily")).toHaveLength(1);

  const [kept] = await app.ask("SELECT account FROM sync_closed_source");
  const account = String(kept?.["account"]);
  expect(account).toMatch(/^[0-9a-f]{16}$/);
  expect(TUSHARE_TOKEN).not.toContain(account);
  await app.ask("UPDATE sync_closed_source SET account = 'another'");
  expect(await testDay(app)).toMatchObject({ outcome: "rows", rows: 40 });
  await app.ask(`UPDATE sync_closed_source SET account = '${account}'`);

  await app.api(`/sync/batch/${retried.body.data.task_id}/resume`, { method: "POST" });
  expect(await app.settle(retried.body.data.task_id)).toMatchObject({ status: "completed", success: 1 });
  expect(await app.settle(again.task_id)).toMatchObject({ status: "completed" });
  expect(await preview(app)).toEqual([]);
});

test("a person who insists is heard by the very process that remembers the allowance", async () => {
  const fake = await startFakeTushare({ stocks: 40 });
  onTestFinished(fake.close);
  const clock = createNoonClock();
  const app = await startApp({ env: { SOURCE: "tushare", TUSHARE_TOKEN, TUSHARE_URL: fake.url }, clock });
  onTestFinished(app.stop);
  fake.fail(NO_MORE, { times: 1 });
  const { task_id } = await paused(app, await app.start(DAY, DAY));
  await app.api<Progress>(`/sync/batch/${task_id}/resume`, { method: "POST" });
  expect(await app.settle(task_id)).toMatchObject({ status: "completed", success: 1 });
});
