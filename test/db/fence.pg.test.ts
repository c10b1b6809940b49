import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { LeaseLostError } from "@/server/sync/errors";
import type { Rejudged } from "@/server/sync/session-ports";
import { type Bench, completed, failure, never, openBench, outcome, rowsOf, runningTask, write } from "./fixture";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterEach(() => bench.reset());
afterAll(() => bench.close());

const DAY = "2024-01-02";
const idle = { current_date: null, phase: null, fetched: null, eta: null, wait: null };
const counts = { success: 0, failed: 0, skipped: 0, suspect: 0, rows: 0 };

/** A holder whose lease is over while its connections still live: the zombie of the engine's promises. */
async function zombie(how: "expired" | "robbed" | "released") {
  const run = await runningTask(bench, DAY, "2024-01-03");
  await run.session.storeDay(run.taskId, write(DAY, rowsOf(DAY, 3)), never);
  if (how === "expired") await bench.expire();
  if (how === "released") await bench.ask("UPDATE sync_lease SET holder = NULL");
  if (how === "robbed") {
    await bench.expire();
    await bench.instance().lease.claimNext();
  }
  return run;
}

const table = async () => ({
  days: await bench.ask("SELECT date, state, rows, epoch FROM sync_day ORDER BY date"),
  outcomes: await bench.ask("SELECT date, status, rows, epoch FROM sync_task_day ORDER BY date"),
  codes: await bench.codes(DAY),
});

test.each(["expired", "robbed", "released"] as const)("a zombie (%s) cannot store a day: the old rows stay", async (how) => {
  const run = await zombie(how);
  const before = await table();
  const attempt = () => run.session.storeDay(run.taskId, write(DAY, rowsOf(DAY, 1)), never);
  // A thief ends the connections of the old epoch; the pool opens a new one, and that must fail too.
  await attempt().catch(() => {});
  await expect(attempt()).rejects.toBeInstanceOf(LeaseLostError);
  expect(await table()).toEqual(before);
  expect(before.codes).toHaveLength(3);
});

test.each(["expired", "robbed", "released"] as const)("a zombie (%s) can record neither a failure nor a skip", async (how) => {
  const run = await zombie(how);
  const before = await table();
  await run.session.recordOutcome(run.taskId, failure("2024-01-03"), []).catch(() => {});
  await expect(run.session.recordOutcome(run.taskId, failure("2024-01-03"), [])).rejects.toBeInstanceOf(LeaseLostError);
  const skipped = outcome("2024-01-03", { status: "skipped", reason: "not_published", rows: null });
  await expect(run.session.recordOutcome(run.taskId, skipped, [])).rejects.toBeInstanceOf(LeaseLostError);
  expect(await table()).toEqual(before);
});

test("a zombie can neither publish, nor plan, nor finish", async () => {
  const run = await zombie("robbed");
  await run.session.loadPlan(run.taskId).catch(() => {});
  const before = await bench.ask("SELECT * FROM sync_task");
  await expect(run.session.publish(run.taskId, counts, idle, [])).rejects.toBeInstanceOf(LeaseLostError);
  await expect(run.session.publish(run.taskId, counts, idle, [DAY])).rejects.toBeInstanceOf(LeaseLostError);
  const prediction = { seconds: null, fetch_days: 1, rows: null };
  await expect(run.session.savePlan(run.taskId, [], prediction)).rejects.toBeInstanceOf(LeaseLostError);
  const rejudged: Rejudged[] = [{ date: DAY, state: "suspect", warning: null }];
  await expect(run.session.finish(run.taskId, { ...completed, rejudged })).rejects.toBeInstanceOf(LeaseLostError);
  expect(await bench.ask("SELECT * FROM sync_task")).toEqual(before);
});

test("the lease is looked at inside COMMIT: one that runs out during the COPY lets nothing through", async () => {
  const run = await runningTask(bench, DAY, DAY);
  const letGo = await bench.lockTable();
  const storing = run.session.storeDay(run.taskId, write(DAY, rowsOf(DAY, 3)), never);
  const refused = expect(storing).rejects.toBeInstanceOf(LeaseLostError);
  await bench.someoneWaits();
  await bench.expire();
  await letGo();
  await refused;
  expect(await bench.codes(DAY)).toEqual([]);
  expect(await bench.ask("SELECT status FROM sync_task_day")).toEqual([{ status: "pending" }]);
});

test("the fence says SY001, to whoever writes the ledger by whatever way", async () => {
  const insert = `INSERT INTO sync_day (date, state, rows, source, task_id, epoch, attempt_id, started_at, finished_at)
    VALUES ('2024-01-02', 'complete', 1, 'files', 'x', 0, gen_random_uuid(), now(), now())`;
  await expect(bench.ask(insert)).rejects.toMatchObject({ code: "SY001" });
});
