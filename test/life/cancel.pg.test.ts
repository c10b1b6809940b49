import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import type { Progress } from "@/lib/contract/task";
import { isFinal } from "@/lib/contract/task-rules";
import { createSource } from "@/server/sources/registry";
import { type App, startApp } from "../support/app";
import { freshDatabase, type FreshDatabase } from "../support/postgres";
import { startPostgresProxy } from "../support/postgres-proxy";

/** The promise is 5 s; the rest is for a machine that is busy with other things. The figures are printed. */
const FINAL_WITHIN_MS = 5_000;
const SLACK_MS = 8_000;
const SYMBOLS = 3_000;
const FAILING = "2024-01-09";
const env = { SAMPLE_SYMBOLS: String(SYMBOLS), SAMPLE_FAIL_DAYS: FAILING, LEASE_TTL_MS: "15000" };
const DAY = "2024-01-03";

/** A source that hangs and does not listen to its signal, while this is set. */
const deaf = { isDeaf: false };
const createDeafSource: typeof createSource = (...parts) => {
  const source = createSource(...parts);
  return { ...source, fetchDay: (...asked) => (deaf.isDeaf ? new Promise<never>(() => {}) : source.fetchDay(...asked)) };
};

let database: FreshDatabase;
let proxy: Awaited<ReturnType<typeof startPostgresProxy>>;
/** Runs the task, behind the proxy; the other one speaks to the database directly. */
let holder: App;
let other: App;
const closing: (() => Promise<unknown>)[] = [];
const figures: string[] = [];

beforeEach(async () => {
  deaf.isDeaf = false;
  database = await freshDatabase();
  proxy = await startPostgresProxy(database.url);
  holder = await startApp({ env, databaseUrl: proxy.url, sourceOf: createDeafSource });
  other = await startApp({ env, databaseUrl: database.url, sourceOf: createDeafSource });
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  proxy.hangUpSilent();
  await Promise.all([holder.stop(), other.stop()]);
  await proxy.close();
  await database.drop();
});
afterAll(() => console.info(`cancel final after: ${figures.join(" · ")}`));

async function begin(): Promise<string> {
  return holder.start(DAY, "2024-01-05");
}

/** Cancels through this instance and measures until the database says that the task is over. */
async function cancelled(what: string, through: App, taskId: string): Promise<string> {
  const begun = performance.now();
  const reply = await through.api<Progress>(`/sync/batch/${taskId}/cancel`, { method: "POST" });
  expect(reply.status).toBe(202);
  const status = await ended(taskId);
  const tookMs = performance.now() - begun;
  figures.push(`${what} ${Math.round(tookMs)} ms`);
  expect(tookMs, what).toBeLessThan(FINAL_WITHIN_MS + SLACK_MS);
  return status;
}

async function ended(taskId: string): Promise<string> {
  for (;;) {
    const [task] = await other.ask(`SELECT status FROM sync_task WHERE task_id = '${taskId}'`);
    if (isFinal(task?.["status"] as Progress["status"])) return task?.["status"] as string;
    await sleep(10);
  }
}

/** The lease is free, no connection holds anything, and the table has whole days or none: exactly those the task counts. */
async function allIsLetGo(taskId: string): Promise<unknown[]> {
  expect(await other.ask("SELECT holder, task_id FROM sync_lease")).toEqual([{ holder: null, task_id: null }]);
  const inWork = `SELECT state, query FROM pg_stat_activity WHERE application_name LIKE 'dayfill:work:%' AND datname = current_database()
                     AND (state LIKE 'idle in transaction%' OR xact_start IS NOT NULL)`;
  await expect.poll(() => other.ask(inWork)).toEqual([]);
  const days = await other.ask(
    "SELECT trade_date::text AS day, count(*)::int AS rows FROM daily_stock_data GROUP BY 1 ORDER BY 1",
  );
  const told = await other.ask("SELECT date::text AS day FROM sync_task_day WHERE status = 'success' ORDER BY 1");
  expect(days).toEqual(told.map(({ day }) => ({ day, rows: SYMBOLS })));
  expect(await other.ask(`SELECT success FROM sync_task WHERE task_id = '${taskId}'`)).toEqual([{ success: days.length }]);
  return days.map(({ day }) => day);
}

/** Somebody else may have the same days at once: nothing of the cancelled task stands in the way. */
async function theNextOneRuns(): Promise<void> {
  deaf.isDeaf = false;
  const next = await other.sync(DAY, DAY);
  expect(next).toMatchObject({ status: "completed", success: 1 });
}

async function someoneWaits(): Promise<void> {
  const waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
  while ((await other.ask(waiting)).length === 0) await sleep(10);
}

const throughBoth = [
  ["here", () => holder],
  ["elsewhere", () => other],
] as const;

test.each(throughBoth)("a source that hangs and is deaf to its signal does not hold up a cancel given %s", async (where, by) => {
  deaf.isDeaf = true;
  const taskId = await begin();
  await other.progressWhen(taskId, ({ phase }) => phase === "fetching");
  expect(await cancelled(`deaf source, ${where}`, by(), taskId)).toBe("cancelled");
  expect(await allIsLetGo(taskId)).not.toContain(DAY);
  await theNextOneRuns();
});

test.each(throughBoth)("a line that falls silent mid-COPY does not hold up a cancel given %s", async (where, by) => {
  const silent = proxy.silenceMidCopy("line");
  const taskId = await begin();
  await silent;
  expect(await cancelled(`mid-COPY, ${where}`, by(), taskId)).toBe("cancelled");
  expect(await allIsLetGo(taskId)).not.toContain(DAY);
  await theNextOneRuns();
});

test("all lines of the holder falling silent mid-COPY do not hold up a cancel given elsewhere", async () => {
  const silent = proxy.silenceMidCopy("all_lines");
  const taskId = await begin();
  await silent;
  expect(await cancelled("mid-COPY, all lines silent, elsewhere", other, taskId)).toBe("cancelled");
  expect(await allIsLetGo(taskId)).not.toContain(DAY);
  await theNextOneRuns();
});

test("all lines of the holder falling silent while it fetches do not hold up a cancel given elsewhere", async () => {
  deaf.isDeaf = true;
  const taskId = await begin();
  // By then it has looked for wishes, and the line of that look is the one that the next look finds.
  await sleep(1_500);
  proxy.silence();
  expect(await cancelled("fetching, all lines silent, elsewhere", other, taskId)).toBe("cancelled");
  expect(await allIsLetGo(taskId)).toEqual([]);
});

test.each(throughBoth)("a store that waits for a locked table does not hold up a cancel given %s", async (where, by) => {
  const locker = new Client({ connectionString: database.url });
  await locker.connect();
  closing.push(() => locker.end());
  await locker.query("BEGIN; LOCK TABLE daily_stock_data IN SHARE ROW EXCLUSIVE MODE");
  const taskId = await begin();
  await someoneWaits();
  expect(await cancelled(`locked table, ${where}`, by(), taskId)).toBe("cancelled");
  await locker.query("ROLLBACK");
  expect(await allIsLetGo(taskId)).not.toContain(DAY);
  await theNextOneRuns();
});

test("a failed day whose outcome waits for a locked table does not hold up a cancel", async () => {
  const locker = new Client({ connectionString: database.url });
  await locker.connect();
  closing.push(() => locker.end());
  await locker.query("BEGIN; LOCK TABLE sync_day IN SHARE ROW EXCLUSIVE MODE");
  const taskId = await holder.start(FAILING, FAILING);
  await someoneWaits();
  expect(await cancelled("outcome of a failed day", holder, taskId)).toBe("cancelled");
  await locker.query("ROLLBACK");
  expect(await allIsLetGo(taskId)).toEqual([]);
});

// Deferred triggers fire inside COMMIT in the order of their names; the fence is called sync_day_fence.
const commits = [
  ["before the fence", "a_slow"],
  ["behind the fence", "z_slow"],
] as const;
test.each(commits.flatMap((commit) => throughBoth.map((through) => [...commit, ...through] as const)))(
  "a COMMIT that takes a minute, %s (%s), does not hold up a cancel given %s",
  async (where, trigger, at, by) => {
    await other.ask(`CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(60); RETURN NULL; END';
      CREATE CONSTRAINT TRIGGER ${trigger} AFTER INSERT ON sync_day DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
        WHEN (NEW.date = '${DAY}' AND NEW.task_id NOT LIKE '${DAY}_${DAY}_%') EXECUTE FUNCTION slow()`);
    const taskId = await begin();
    const asleep = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()";
    while ((await other.ask(asleep)).length === 0) await sleep(10);
    expect(await cancelled(`COMMIT ${where}, ${at}`, by(), taskId)).toBe("cancelled");
    expect(await allIsLetGo(taskId)).not.toContain(DAY);
    await theNextOneRuns();
  },
);

test.each(throughBoth)(
  "a COMMIT whose answer never comes is told as it was, and does not hold up a cancel given %s",
  async (where, by) => {
    proxy.loseCommit("answer_held");
    const taskId = await begin();
    while (proxy.commitsLost() === 0) await sleep(10);
    const stored = async () => (await other.ask("SELECT 1 FROM sync_day")).length;
    await expect.poll(stored).toBeGreaterThan(0);
    expect(await cancelled(`COMMIT without an answer, ${where}`, by(), taskId)).toBe("cancelled");
    expect((await allIsLetGo(taskId)).length).toBeGreaterThan(0);
  },
);
