import { Client } from "pg";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Ask, askOf } from "@/test/support/ask";
import { broken, watchInvariants } from "@/test/support/invariants";
import { type MortalPostgres, startMortalPostgres } from "@/test/support/test-postgres";
import { isLong } from "./length";
import { type Machine, progressWhen, startMachine, startRange } from "./stand";

const SYMBOLS = 1_000;
/** XSHG sessions of 2024-03-01 .. 2024-04-30. */
const SESSIONS = 41;
/** Of 2024-01-02 .. 2024-06-28. */
const HALF_A_YEAR = 117;
const TERMINATE_FOR_MS = isLong ? 120_000 : 8_000;
/** A PostgreSQL that was away was asked by then, or was away too shortly. */
const UNNOTICED_MS = 10_000;
/** However long so many take. */
const FEWEST_ENDED = 10;
const HALF_OPEN_MS = isLong ? 60_000 : 9_000;
const LOCKED_MS = isLong ? 60_000 : 14_000;
/** Far more than any of these faults needs, on any machine. */
const PATIENCE_MS = 180_000;

let postgres: MortalPostgres;
let machine: Machine;

beforeAll(async () => {
  postgres = await startMortalPostgres();
  const env = { SAMPLE_SYMBOLS: String(SYMBOLS), SAMPLE_DAY_MS: "150", LEASE_TTL_MS: "6000" };
  machine = await startMachine({ databaseUrl: postgres.url, env });
  await asking(watchInvariants);
});

afterAll(async () => {
  await machine.close();
  await postgres.stop();
});

beforeEach(() => asking((ask) => ask("TRUNCATE daily_stock_data, sync_day, sync_task, test_history, test_commits CASCADE")));

/** However the fault went: the same process, whole days, lawful steps, nothing left open. */
async function expectAllWell(): Promise<void> {
  expect(machine.deaths()).toEqual([]);
  expect(machine.process().output()).not.toMatch(/uncaught|unhandled/i);
  expect(await asking((ask) => broken(ask, SYMBOLS))).toEqual({});
}

/** A connection of its own each time: the ones before may have died of the test. */
async function asking<T>(work: (ask: Ask) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  try {
    return await work(askOf(client));
  } finally {
    await client.end();
  }
}

const completed = (taskId: string) => progressWhen(machine, taskId, ({ status }) => status === "completed", PATIENCE_MS);

test.each(["SIGQUIT", "SIGKILL"] as const)(
  "a PostgreSQL ended by %s in the middle of a task costs no day: the API says 503 and when to ask again, and the task goes on",
  async (signal) => {
    const taskId = await startRange(machine, "2024-03-01", "2024-04-30");
    await progressWhen(machine, taskId, ({ success }) => success >= 5);
    await postgres.kill(signal);
    let killedMs = performance.now();
    const answers: string[] = [];
    for (;;) {
      // It was back before anybody asked: once more.
      if (answers.length === 0 && performance.now() - killedMs > UNNOTICED_MS) {
        await postgres.kill(signal);
        killedMs = performance.now();
      }
      const reply = await machine.call("/recent?days=5");
      if (reply?.status === 503) answers.push(`${reply.body.code} ${reply.headers.has("retry-after")}`);
      else if (answers.length > 0 && reply?.status === 200) break;
      else expect(reply?.status).toBe(200);
      await sleep(5);
    }
    expect(new Set(answers)).toEqual(new Set(["database_unavailable true"]));
    expect(await completed(taskId)).toMatchObject({ success: SESSIONS, failed: 0, rows: SESSIONS * SYMBOLS });
  },
);

test("connections that are terminated at random cost no day and no process", async () => {
  const range = { success: SESSIONS, failed: 0, rows: SESSIONS * SYMBOLS };
  const start = () => startRange(machine, "2024-03-01", "2024-04-30", { force: true });
  const until = performance.now() + TERMINATE_FOR_MS;
  let taskId = await start();
  let killed = 0;
  await asking(async (ask) => {
    while (performance.now() < until || killed <= FEWEST_ENDED) {
      const rows = await ask(`SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity
                               WHERE application_name LIKE 'dayfill:%' ORDER BY random() LIMIT 1`);
      killed += rows.length;
      await sleep(150 + Math.random() * 250);
      const [task] = await ask(`SELECT status FROM sync_task WHERE task_id = '${taskId}'`);
      if (task?.["status"] !== "completed") continue;
      expect(await completed(taskId)).toMatchObject(range);
      taskId = await startAgain(start);
    }
  });
  expect(killed).toBeGreaterThan(FEWEST_ENDED);
  expect(await completed(taskId)).toMatchObject(range);
  await expectAllWell();
});

/** The start's own connection may be the next one that is terminated. */
async function startAgain(start: () => Promise<string>): Promise<string> {
  for (;;) {
    try {
      return await start();
    } catch (error) {
      if (!/database_unavailable|already_running/.test(String(error))) throw error;
      await sleep(100);
    }
  }
}

test("a line that is half-open for a while in the middle of a task costs no day and no process, and nothing hangs on it", async () => {
  // Long enough that it is in the middle when the line falls silent, also on a busy machine.
  const taskId = await startRange(machine, "2024-01-02", "2024-06-28");
  await progressWhen(machine, taskId, ({ success }) => success >= 3);
  const severed = machine.sever("blackhole", HALF_OPEN_MS);
  const given = () => machine.process().output().includes("lease lost, nothing more is written");
  // The promise is 12 s; once the line is back nobody would give the lease up any more.
  await expect.poll(given, { timeout: 12_000 + 8_000 }).toBe(true);
  await severed;
  expect(await completed(taskId)).toMatchObject({ success: HALF_A_YEAR, failed: 0, rows: HALF_A_YEAR * SYMBOLS });
  await expectAllWell();
});

test("a table that somebody locks holds a day up and not the process: it is tried again, and everybody is answered meanwhile", async () => {
  const taskId = await startRange(machine, "2024-03-01", "2024-03-29");
  await progressWhen(machine, taskId, ({ success }) => success >= 3);
  await asking(async (ask) => {
    await ask("BEGIN; LOCK TABLE daily_stock_data IN ACCESS EXCLUSIVE MODE");
    const until = performance.now() + LOCKED_MS;
    while (performance.now() < until) {
      expect((await machine.call(`/sync/batch/progress/${taskId}`))?.status).toBe(200);
      await sleep(500);
    }
    await ask("ROLLBACK");
  });
  const { success, failed, errors } = await completed(taskId);
  expect(success + failed).toBe(21);
  // Locked for longer than three attempts take, a day may fail; it says why, and a retry brings it home.
  for (const { code, params } of errors)
    expect({ code, params }).toEqual({ code: "database_error", params: { detail: expect.stringContaining("lock timeout") } });
  if (!isLong) expect(failed).toBe(0);
  if (failed > 0) {
    const retried = await machine.call(`/sync/batch/${taskId}/retry`, { only: "failed" });
    expect(await completed(retried?.body.data.task_id as string)).toMatchObject({ success: failed, failed: 0 });
  }
  await expectAllWell();
});
