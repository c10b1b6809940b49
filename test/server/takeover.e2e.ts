import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Progress } from "@/lib/contract/task";
import { call, untilEnded } from "@/test/support/api-client";
import { type FreshDatabase, freshDatabase } from "@/test/support/postgres";
import { type ServerProcess, startServer } from "@/test/support/server";

const SYMBOLS = 2_000;
const RANGE = { start_date: "2024-03-01", end_date: "2024-04-30" };
/** XSHG sessions of that range. */
const SESSIONS = 41;

let database: FreshDatabase;
let client: pg.Client;
let servers: ServerProcess[] = [];

beforeAll(async () => {
  database = await freshDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});

beforeEach(async () => {
  const { rows } = await client.query("SELECT to_regclass('sync_task') IS NOT NULL AS migrated");
  if (rows[0].migrated) await client.query("TRUNCATE daily_stock_data, sync_day, sync_task CASCADE");
});

afterEach(async () => {
  await Promise.all(servers.map((server) => server.end()));
  servers = [];
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

/** What is done to the one that runs the range comes in the middle of it, also on a machine that is busy. */
const UNHURRIED = { SAMPLE_DAY_MS: "600" };

async function serve(extra: Record<string, string> = {}): Promise<ServerProcess> {
  const server = await startServer({
    DATABASE_URL: database.url,
    SAMPLE_SYMBOLS: String(SYMBOLS),
    SAMPLE_DAY_MS: "200",
    ...extra,
  });
  servers.push(server);
  return server;
}

async function startTask(server: ServerProcess): Promise<string> {
  const reply = await call(server.url, "/sync/batch", RANGE);
  expect(reply.status).toBe(202);
  return reply.body.data.task_id as string;
}

async function untilStored(server: ServerProcess, taskId: string, days: number): Promise<void> {
  for (;;) {
    const { body } = await call(server.url, `/sync/batch/progress/${taskId}`);
    if ((body.data as Progress).success >= days) return;
    await sleep(20);
  }
}

async function rowsByDay(): Promise<Record<string, number>> {
  const { rows } = await client.query<{ day: string; rows: number }>(
    "SELECT trade_date::text AS day, count(*)::int AS rows FROM daily_stock_data GROUP BY 1 ORDER BY 1",
  );
  return Object.fromEntries(rows.map((row) => [row.day, row.rows]));
}

test("kill -9 mid-day leaves only whole days, and the restarted server goes on with the same task", async () => {
  const first = await serve(UNHURRIED);
  const taskId = await startTask(first);
  await untilStored(first, taskId, 5);
  await first.end("SIGKILL");

  const left = await rowsByDay();
  expect(Object.keys(left).length).toBeGreaterThanOrEqual(5);
  expect(new Set(Object.values(left))).toEqual(new Set([SYMBOLS]));
  const { rows: ledger } = await client.query<{ date: string }>("SELECT date::text FROM sync_day ORDER BY date");
  expect(ledger.map((row) => row.date)).toEqual(Object.keys(left));

  const second = await serve();
  const whileItWaits = await call(second.url, "/sync/batch", { start_date: "2024-05-06", end_date: "2024-05-06" });
  expect(whileItWaits.status).toBe(409);
  expect(whileItWaits.body.current_task.task_id).toBe(taskId);
  const ended = await untilEnded(second.url, taskId);
  expect(ended).toMatchObject({ status: "completed", success: SESSIONS, failed: 0, rows: SESSIONS * SYMBOLS });
  expect(Object.values(await rowsByDay())).toEqual(Array(SESSIONS).fill(SYMBOLS));

  const { rows: attempts } = await client.query(
    "SELECT count(*)::int AS redone FROM sync_task_day WHERE task_id = $1 AND attempts > 1",
    [taskId],
  );
  expect(attempts[0].redone).toBe(0);
  const summary = await call(second.url, `/tasks/${taskId}`);
  expect(summary.body.data.takeovers).toBe(1);
});

test("after SIGTERM the lease is free and another instance goes on from the first unfinished day", async () => {
  // Both are there before the task is: on a slow machine it would end while the second one starts.
  const [first, second] = [await serve(UNHURRIED), await serve()];
  const taskId = await startTask(first);
  await untilStored(first, taskId, 3);
  expect(await first.end("SIGTERM")).toBe(0);

  const { rows } = await client.query("SELECT status, crashes FROM sync_task WHERE task_id = $1", [taskId]);
  expect(["interrupted", "running"]).toContain(rows[0].status);
  expect(rows[0].crashes).toBe(0);
  const ended = await untilEnded(second.url, taskId);
  expect(ended).toMatchObject({ status: "completed", success: SESSIONS, rows: SESSIONS * SYMBOLS });
  expect(first.output()).toContain("sync interrupted by a stop, lease released");
});

test("200 parallel starts over two instances: one wins, 199 are refused and all name the running task", async () => {
  // The one that wins outlasts all the starts.
  const [one, two] = await Promise.all([serve({ SAMPLE_DAY_MS: "4000" }), serve({ SAMPLE_DAY_MS: "4000" })]);
  const replies = await Promise.all(
    Array.from({ length: 200 }, (_, index) => call(index % 2 ? one.url : two.url, "/sync/batch", RANGE)),
  );
  const won = replies.filter((reply) => reply.status === 202);
  const refused = replies.filter((reply) => reply.status === 409);
  expect([won.length, refused.length]).toEqual([1, 199]);
  const taskId = won[0]?.body.data.task_id as string;
  expect(new Set(refused.map((reply) => reply.body.current_task.task_id))).toEqual(new Set([taskId]));
  expect(new Set(refused.map((reply) => reply.body.code))).toEqual(new Set(["sync_already_running"]));
  const { rows } = await client.query("SELECT count(*)::int AS tasks FROM sync_task");
  expect(rows[0].tasks).toBe(1);
  await call(one.url, `/sync/batch/${taskId}/cancel`, {});
  await untilEnded(one.url, taskId);
});
