import { Client } from "pg";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { askOf } from "@/test/support/ask";
import { broken, watchInvariants } from "@/test/support/invariants";
import { type FreshDatabase, freshDatabase } from "@/test/support/postgres";
import { blockLoop, INSPECTABLE } from "./inspector";
import { isLong } from "./length";
import { type Machine, progressWhen, startMachine, startRange } from "./stand";

const SYMBOLS = 1_500;
/** As delivered, or shorter, but longer than a busy machine stops anybody; what must be blocked is longer than the lease either way. */
const TTL_MS = isLong ? 15_000 : 12_000;
const BLOCKED_MS = isLong ? 20_000 : 16_000;
/** XSHG sessions of 2024-03-01 .. 2024-04-30. */
const SESSIONS = 41;

let database: FreshDatabase;
let client: Client;
let machines: Machine[] = [];
const ask = (sql: string) => askOf(client)(sql);

beforeAll(async () => {
  database = await freshDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
});

afterEach(async () => {
  await Promise.all(machines.map((machine) => machine.close()));
  machines = [];
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

async function serve(dayMs: number): Promise<Machine> {
  const env = {
    ...INSPECTABLE,
    SAMPLE_SYMBOLS: String(SYMBOLS),
    SAMPLE_DAY_MS: String(dayMs),
    LEASE_TTL_MS: String(TTL_MS),
  };
  const machine = await startMachine({ databaseUrl: database.url, env });
  machines.push(machine);
  return machine;
}

/** Two instances on an empty database that writes down what happens; the first is slow enough to be caught in the middle. */
async function pair(): Promise<[Machine, Machine]> {
  const both: [Machine, Machine] = [await serve(600), await serve(200)];
  const [seen] = await ask("SELECT to_regclass('test_history') IS NOT NULL AS watched");
  if (!seen?.["watched"]) await watchInvariants(ask);
  await ask("TRUNCATE daily_stock_data, sync_day, sync_task, test_history, test_commits CASCADE");
  return both;
}

/** The holder is out of its senses for longer than its lease, another instance takes over, and the holder comes back to life. */
async function expectSuperseded(zombie: Machine, heir: Machine, deadTime: (taskId: string) => Promise<void>): Promise<void> {
  const taskId = await startRange(zombie, "2024-03-01", "2024-04-30");
  await progressWhen(zombie, taskId, ({ success }) => success >= 3);
  await deadTime(taskId);

  const ended = await progressWhen(heir, taskId, ({ status }) => status === "completed");
  expect(ended).toMatchObject({ success: SESSIONS, failed: 0, rows: SESSIONS * SYMBOLS });
  const [task] = await ask(`SELECT takeovers FROM sync_task WHERE task_id = '${taskId}'`);
  expect(task).toEqual({ takeovers: 1 });

  // The zombie knows by now that it is no holder, and works like any other instance.
  const again = await startRange(zombie, "2024-05-06", "2024-05-08", { force: true });
  expect(await progressWhen(zombie, again, ({ status }) => status === "completed")).toMatchObject({ success: 3 });
  expect(zombie.lives.length).toBe(1);
}

test("a holder frozen in the middle of a day past its lease and woken again stores nothing more, and goes on living", async () => {
  const [zombie, heir] = await pair();
  await expectSuperseded(zombie, heir, async (taskId) => {
    zombie.freeze();
    const stored = `SELECT count(*)::int AS days FROM sync_task_day WHERE task_id = '${taskId}' AND status = 'success'`;
    const { days: left } = (await ask(stored))[0] as { days: number };
    await progressWhen(heir, taskId, ({ success }) => success >= left + 5);
    zombie.thaw();
  });
  expect(await broken(ask, SYMBOLS)).toEqual({});
});

test("a holder whose event loop is blocked past its lease loses it, is fenced off, and goes on living", async () => {
  const [zombie, heir] = await pair();
  await expectSuperseded(zombie, heir, () => blockLoop(zombie.process(), BLOCKED_MS));
  expect(await broken(ask, SYMBOLS)).toEqual({});
});
