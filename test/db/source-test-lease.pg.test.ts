import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { LeaseLostError } from "@/server/sync/errors";
import { type Bench, newTask, openBench, runningTask } from "./fixture";

const DAY = "2024-01-02";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterEach(async () => {
  await bench.reset();
  await bench.pool.query("TRUNCATE sync_schedule_fire");
});
afterAll(() => bench.close());

/** An instance that tests the source at this moment. */
async function testing() {
  const { lease } = bench.instance();
  const hold = await lease.holdForTest();
  if (hold.kind !== "held") throw new Error(`not held: ${hold.kind}`);
  return { lease, epoch: hold.epoch };
}

test("of twenty holds over two instances one is had, and the others know why not", async () => {
  const leases = [bench.instance().lease, bench.instance().lease];
  const holds = await Promise.all(Array.from({ length: 20 }, (_, at) => leases[at % 2]!.holdForTest()));
  expect(holds.filter(({ kind }) => kind === "held")).toHaveLength(1);
  expect(holds.filter(({ kind }) => kind === "being_tested")).toHaveLength(19);
});

test("while it is held no start runs: one is refused, one that may wait waits, and a schedule waits even where it was told to skip", async () => {
  const { lease, epoch } = await testing();
  const other = bench.instance().lease;
  expect(await other.claimNew(newTask(DAY, DAY))).toEqual({ kind: "being_tested" });
  const fire = { schedule_id: "fill_missing", local_date: DAY, at_ms: Date.now() } as const;
  await bench.pool.query("UPDATE sync_schedule SET enabled = true");
  expect(await other.claimNew(newTask(DAY, DAY, { task_type: "scheduler_missing", mayWait: false }), fire)).toMatchObject({
    kind: "queued",
  });
  expect(await other.claimNew(newTask(DAY, DAY, { mayWait: true }))).toMatchObject({ kind: "queued" });
  expect(await other.claimNext()).toBeNull();
  expect(await other.forAMoment(async () => "mine")).toBeNull();
  expect(await lease.renew(epoch)).toBe(true);
  await lease.giveBack(epoch);
  expect(await other.claimNext()).toMatchObject({ task_type: "scheduler_missing", status: "running" });
});

test("a task that runs, or waits for its takeover, keeps a test away and is named", async () => {
  const run = await runningTask(bench, DAY, DAY);
  const { lease } = bench.instance();
  expect(await lease.holdForTest()).toEqual({ kind: "busy", taskId: run.taskId });
  await run.lease.interrupt(run.taskId, run.epoch);
  expect(await lease.holdForTest()).toEqual({ kind: "busy", taskId: run.taskId });
});

test("a holder that died is over with its lease: the next start runs, and the old epoch gives nothing back", async () => {
  const { lease, epoch } = await testing();
  await bench.expire();
  expect(await bench.instance().lease.claimNew(newTask(DAY, DAY))).toMatchObject({ kind: "claimed" });
  expect(await lease.renew(epoch)).toBe(false);
  await expect(lease.giveBack(epoch)).rejects.toThrow(LeaseLostError);
});
