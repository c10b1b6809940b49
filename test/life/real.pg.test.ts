import { Client } from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Progress, TaskSummary } from "@/lib/contract/task";
import { type App, startApp } from "../support/app";

const env = { SAMPLE_SYMBOLS: "5", SAMPLE_DAY_MS: "250" };
let one: App;
let two: App;
const closing: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  one = await startApp({ env });
  two = await startApp({ env, databaseUrl: one.databaseUrl });
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await two.stop();
  await one.stop();
});

const order = (app: App, taskId: string, command: string) =>
  app.api<Progress>(`/sync/batch/${taskId}/${command}`, { method: "POST", headers: { "X-Operator": "ann" } });
const when = (app: App, taskId: string, status: string) => app.progressWhen(taskId, (progress) => progress.status === status);
const atWork = async () => {
  const taskId = await one.start("2024-01-02", "2024-02-29");
  await two.progressWhen(taskId, ({ success }) => success >= 2);
  return taskId;
};
/** The table holds exactly the days that the task counts, each with all its rows. */
async function tableIs(done: Progress): Promise<void> {
  const days = await one.ask("SELECT trade_date::text AS day, count(*)::int AS rows FROM daily_stock_data GROUP BY 1 ORDER BY 1");
  const told = await one.ask("SELECT date::text AS day FROM sync_task_day WHERE status = 'success' ORDER BY 1");
  expect(days).toEqual(told.map(({ day }) => ({ day, rows: 5 })));
  expect(done.success).toBe(days.length);
}
/** Somebody else's connection that stands in the way of every write to this table. */
async function lock(table: string, mode: string): Promise<() => Promise<void>> {
  const client = new Client({ connectionString: one.databaseUrl });
  await client.connect();
  await client.query(`BEGIN; LOCK TABLE ${table} IN ${mode} MODE`);
  let held = true;
  const letGo = async () => {
    if (held) await client.end();
    held = false;
  };
  closing.push(letGo);
  return letGo;
}
async function someoneWaits(): Promise<void> {
  const waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
  while ((await one.ask(waiting)).length === 0);
}

describe("a cancel", () => {
  test("while a day waits for a locked table is final although the lock stays; the day is not there", async () => {
    const taskId = await atWork();
    const letGo = await lock("daily_stock_data", "SHARE");
    await someoneWaits();
    expect((await order(one, taskId, "cancel")).status).toBe(202);
    const done = await one.settle(taskId);
    expect(done.status).toBe("cancelled");
    await letGo();
    await tableIs(done);
    expect(await one.sync("2024-03-01", "2024-03-01")).toMatchObject({ status: "completed", success: 1 });
  });
  test.each([
    ["before its fence: the day is rolled back", "a_wait"],
    ["behind its fence: the day is rolled back all the same", "z_wait"],
  ])("while a day stands in its COMMIT, %s", async (_what, trigger) => {
    // Deferred triggers fire inside COMMIT in the order of their names; the fence is called sync_day_fence.
    await one.ask(`CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NULL; END';
      CREATE CONSTRAINT TRIGGER ${trigger} AFTER INSERT ON sync_day DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait()`);
    const taskId = await atWork();
    const client = new Client({ connectionString: one.databaseUrl });
    await client.connect();
    await client.query("SELECT pg_advisory_lock(1)");
    await someoneWaits();
    expect(await order(one, taskId, "cancel")).toMatchObject({ status: 202, body: { data: { status: "cancelling" } } });
    const done = await two.settle(taskId);
    expect(done.status).toBe("cancelled");
    await client.end();
    await tableIs(done);
  });
  test("while a day is fetched does not wait for the source", async () => {
    await two.stop();
    await one.stop();
    one = await startApp({ env: { ...env, SAMPLE_DAY_MS: "3600000" } });
    two = await startApp({ env, databaseUrl: one.databaseUrl });
    const taskId = await one.start("2024-01-02", "2024-01-05");
    await one.progressWhen(taskId, ({ phase }) => phase === "fetching");
    await order(two, taskId, "cancel");
    expect(await two.settle(taskId)).toMatchObject({ status: "cancelled", success: 0, current: 0 });
  });
});

describe("commands over two instances", () => {
  test("pause and resume where the task does not run, cancel where it did not start", async () => {
    const taskId = await atWork();
    expect(await order(two, taskId, "pause")).toMatchObject({ status: 202, body: { data: { pause: { by: "ann" } } } });
    const paused = await when(one, taskId, "paused");
    await tableIs(paused);
    expect(await order(two, taskId, "resume")).toMatchObject({ status: 202 });
    await when(one, taskId, "running");
    await one.progressWhen(taskId, ({ success }) => success > paused.success);
    await order(one, taskId, "cancel");
    const done = await two.settle(taskId);
    expect(done.status).toBe("cancelled");
    await tableIs(done);
    const { activity } = (await two.api<TaskSummary>(`/tasks/${taskId}`)).body.data;
    expect(activity.map((line) => [line.action, line.by])).toEqual([
      ["started", null],
      ["paused", "ann"],
      ["resumed", "ann"],
      ["cancelled", "ann"],
    ]);
  });
  test("a paused task stays paused over a restart of every instance, and goes on when it is told to", async () => {
    const taskId = await atWork();
    await order(one, taskId, "pause");
    await when(one, taskId, "paused");
    await two.stop();
    two = await startApp({ env, databaseUrl: one.databaseUrl });
    await one.composition.stopWork();
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect((await two.api<Progress>(`/sync/batch/progress/${taskId}`)).body.data).toMatchObject({
      status: "paused",
      pause: { by: "ann" },
    });
    await order(two, taskId, "resume");
    expect(await two.settle(taskId)).toMatchObject({ status: "completed", success: 37 });
  });
  test("a task cancelled while its holder is dead is cancelled, and its lease is free for the next", async () => {
    const taskId = await atWork();
    await order(two, taskId, "pause");
    await one.ask("UPDATE sync_lease SET expires_at = clock_timestamp(), holder = gen_random_uuid()");
    await order(two, taskId, "cancel");
    const done = await two.settle(taskId);
    expect(done.status).toBe("cancelled");
    await tableIs(done);
    expect(await two.sync("2024-03-01", "2024-03-01")).toMatchObject({ status: "completed" });
  });
});
