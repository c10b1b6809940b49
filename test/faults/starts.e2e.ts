import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isFinal } from "@/lib/contract/task-rules";
import { call, type Reply } from "@/test/support/api-client";
import { askOf } from "@/test/support/ask";
import { broken, watchInvariants } from "@/test/support/invariants";
import { type FreshDatabase, freshDatabase } from "@/test/support/postgres";
import { type Machine, progressWhen, startMachine } from "./stand";

const STARTS = 500;
const SYMBOLS = 50;
/** All five hundred are answered by then, on a machine that does other things too; how soon is no claim of these tests. */
const ANSWERED_WITHIN_MS = 150_000;
const RANGE = { start_date: "2024-03-01", end_date: "2024-03-29" };

let database: FreshDatabase;
let client: Client;
let machines: Machine[];
const ask = (sql: string) => askOf(client)(sql);

beforeAll(async () => {
  database = await freshDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
  // Slow enough that the task which runs outlasts all the starts, on any machine.
  const env = { SAMPLE_SYMBOLS: String(SYMBOLS), SAMPLE_DAY_MS: "9000" };
  machines = [];
  for (let count = 0; count < 3; count += 1) machines.push(await startMachine({ databaseUrl: database.url, env }));
  await watchInvariants(ask);
});

afterAll(async () => {
  await Promise.all(machines.map((machine) => machine.close()));
  await client.end();
  await database.drop();
});

/** All at once, spread over the three instances. */
async function startAll(more: object): Promise<Reply[]> {
  const start = (index: number) => {
    const { url } = (machines[index % 3] as Machine).process();
    return call(url, "/sync/batch", { ...RANGE, ...more }, { withinMs: ANSWERED_WITHIN_MS });
  };
  return Promise.all(Array.from({ length: STARTS }, (_, index) => start(index)));
}

const epoch = async () => Number((await ask("SELECT epoch FROM sync_lease"))[0]?.["epoch"]);
const statuses = (replies: Reply[]) => [202, 409].map((status) => replies.filter((reply) => reply.status === status).length);

test("of 500 parallel starts over three instances one runs, 499 are refused and name it, and the epoch grows by one", async () => {
  const before = await epoch();
  const replies = await startAll({});
  expect(statuses(replies)).toEqual([1, STARTS - 1]);
  const taskId = replies.find((reply) => reply.status === 202)?.body.data.task_id as string;
  const named = replies.filter((reply) => reply.status === 409).map((reply) => reply.body.current_task?.task_id as string);
  expect(new Set(named)).toEqual(new Set([taskId]));
  expect(await epoch()).toBe(before + 1);
  expect(await ask("SELECT count(*)::int AS tasks FROM sync_task")).toEqual([{ tasks: 1 }]);
  await machines[1]?.call(`/sync/batch/${taskId}/cancel`, undefined, "POST");
  await progressWhen(machines[2] as Machine, taskId, ({ status }) => status === "cancelled");
  expect(await broken(ask, SYMBOLS)).toEqual({});
});

test("of 500 parallel starts that may wait one runs, 200 wait and the rest hear that the queue is full", async () => {
  const replies = await startAll({ if_busy: "queue", force: true });
  expect(statuses(replies)).toEqual([201, STARTS - 201]);
  expect(new Set(replies.filter((reply) => reply.status === 409).map((reply) => reply.body.code))).toEqual(
    new Set(["queue_full"]),
  );
  const open = await ask(
    "SELECT status, count(*)::int AS tasks FROM sync_task WHERE finished_at IS NULL GROUP BY status ORDER BY status",
  );
  expect(open).toEqual([
    { status: "queued", tasks: 200 },
    { status: "running", tasks: 1 },
  ]);
  const waiting = await ask("SELECT task_id FROM sync_task WHERE finished_at IS NULL");
  for (const { task_id } of waiting) await machines[0]?.call(`/sync/batch/${String(task_id)}/cancel`, undefined, "POST");
  // One that ran meanwhile may have come to its end before its cancel came.
  for (const { task_id } of waiting) await progressWhen(machines[0] as Machine, String(task_id), ({ status }) => isFinal(status));
  expect(await broken(ask, SYMBOLS)).toEqual({});
});
