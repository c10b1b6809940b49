import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Claim } from "@/server/sync/lease-ports";
import { type Bench, completed, newTask, openBench, runningTask } from "./fixture";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterEach(() => bench.reset());
afterAll(() => bench.close());

const lease = async () => (await bench.ask("SELECT epoch, holder, task_id FROM sync_lease"))[0];

test("a claim takes the lease and writes the task as running, in one step", async () => {
  const me = bench.instance({ name: "host:8000" });
  const claim = await me.lease.claimNew(newTask("2024-01-02", "2024-01-05", { started_by: "李雷" }));
  expect(claim).toMatchObject({
    kind: "claimed",
    task: {
      status: "running",
      epoch: 1,
      holder: "host:8000",
      started_by: "李雷",
      total_days: 4,
      total: 4,
      success: 0,
      seq: 0,
      errors: [],
    },
  });
  const taskId = claim.kind === "claimed" ? claim.task.task_id : "";
  expect(taskId).toMatch(/^2024-01-02_2024-01-05_\d{10}$/);
  expect(await lease()).toEqual({ epoch: "1", holder: me.holder, task_id: taskId });
});

test("a claim while another task runs names that task and leaves the epoch alone", async () => {
  const first = await runningTask(bench, "2024-01-02", "2024-01-02");
  const other = bench.instance();
  expect(await other.lease.claimNew(newTask("2024-01-03", "2024-01-03"))).toEqual({ kind: "busy", taskId: first.taskId });
  expect(await lease()).toMatchObject({ epoch: "1", holder: first.holder });
});

test("of a hundred claims over two instances one runs, and all others name it", async () => {
  const stores = [bench.instance(), bench.instance()];
  const claims: Claim[] = await Promise.all(
    Array.from({ length: 100 }, (_, turn) => stores[turn % 2]!.lease.claimNew(newTask("2024-01-02", "2024-01-02"))),
  );
  const winner = claims.find((claim) => claim.kind === "claimed");
  const losers = claims.filter((claim) => claim.kind === "busy");
  expect(losers).toHaveLength(99);
  expect(new Set(losers.map((claim) => claim.taskId))).toEqual(new Set([winner?.task.task_id]));
  expect(await lease()).toMatchObject({ epoch: "1" });
  expect(await bench.ask("SELECT count(*)::int AS tasks FROM sync_task")).toEqual([{ tasks: 1 }]);
});

test("tasks of one range in one second get _2 and _3", async () => {
  const me = bench.instance();
  const taken = async () => {
    const claim = await me.lease.claimNew(newTask("2024-01-02", "2024-01-02"));
    if (claim.kind !== "claimed") throw new Error("busy");
    await me.session(claim.task.epoch!).finish(claim.task.task_id, completed);
    return claim.task.task_id;
  };
  // Ids that any of the next seconds could choose are taken already.
  await bench.ask(
    `INSERT INTO sync_task (task_id, task_type, status, start_date, end_date, total_days, options, source, fingerprint)
     SELECT '2024-01-02_2024-01-02_' || (extract(epoch FROM clock_timestamp())::bigint + n) || tail, 'web_batch', 'completed', '2024-01-02', '2024-01-02', 1, '{}', 'files', 'x'
       FROM generate_series(-5, 30) n, unnest(ARRAY['', '_2']) tail`,
  );
  expect(await taken()).toMatch(/^2024-01-02_2024-01-02_\d+_3$/);
});

test("a renewal prolongs the lease, and is refused once the task is over", async () => {
  const run = await runningTask(bench, "2024-01-02", "2024-01-02", { ttlMs: 60_000 });
  await bench.ask("UPDATE sync_lease SET expires_at = clock_timestamp() + interval '1 s'");
  expect(await run.lease.renew(run.epoch)).toBe(true);
  expect(await bench.ask("SELECT expires_at > clock_timestamp() + interval '50 s' AS prolonged FROM sync_lease")).toEqual([
    { prolonged: true },
  ]);
  await run.session.finish(run.taskId, completed);
  expect(await run.lease.renew(run.epoch)).toBe(false);
});

test("the end of a task and the release of the lease are one step: the next claim wins at once, two epochs on", async () => {
  const run = await runningTask(bench, "2024-01-02", "2024-01-02");
  const { task: done } = await run.session.finish(run.taskId, {
    status: "failed",
    error: { code: "internal_error", params: { detail: "x" } },
    rejudged: [],
    handOver: false,
  });
  expect(done).toMatchObject({ status: "failed", error: { code: "internal_error", params: { detail: "x" } } });
  expect(await lease()).toEqual({ epoch: "2", holder: null, task_id: null });
  const next = await bench.instance().lease.claimNew(newTask("2024-01-02", "2024-01-02"));
  expect(next).toMatchObject({ kind: "claimed", task: { epoch: 3 } });
});

test("a task that was interrupted still refuses new ones until it is taken over", async () => {
  const run = await runningTask(bench, "2024-01-02", "2024-01-02");
  await run.lease.interrupt(run.taskId, run.epoch);
  expect(await lease()).toEqual({ epoch: "2", holder: null, task_id: null });
  const other = bench.instance({ name: "other:1" });
  expect(await other.lease.claimNew(newTask("2024-01-03", "2024-01-03"))).toEqual({ kind: "busy", taskId: run.taskId });
  expect(await other.lease.claimNext()).toMatchObject({
    task_id: run.taskId,
    status: "running",
    holder: "other:1",
    epoch: 3,
    takeovers: 0,
  });
});

test("only the holder may interrupt", async () => {
  const run = await runningTask(bench, "2024-01-02", "2024-01-02");
  await expect(bench.instance().lease.interrupt(run.taskId, run.epoch)).rejects.toThrow("lease lost");
  expect(await lease()).toMatchObject({ holder: run.holder });
});

test("a database without its lease row says what is wrong", async () => {
  await bench.ask("UPDATE sync_lease SET name = 'gone'");
  await expect(bench.instance().lease.claimNew(newTask("2024-01-02", "2024-01-02"))).rejects.toThrow(
    /must hold one row named 'sync'/,
  );
  await bench.ask("UPDATE sync_lease SET name = 'sync'");
});
