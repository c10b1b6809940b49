import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Day } from "@/lib/contract/day";
import { createReads } from "@/server/db/reads";
import type { Reads, TaskFilter } from "@/server/sync/asked/reads";
import { EVERY_TASK } from "../support/history-rows";
import { type Bench, completed, failure, never, newTask, openBench, rowsOf, runningTask, write } from "./fixture";

let bench: Bench;
let reads: Reads;
beforeAll(async () => {
  bench = await openBench();
  reads = createReads(bench.pool);
});
afterEach(() => bench.reset());
afterAll(() => bench.close());

const ids = async (filter: Partial<TaskFilter>) =>
  (await reads.tasks({ ...EVERY_TASK, ...filter })).tasks.map((task) => task.task_id);

/** Finished tasks named t1, t2 …, made at noon UTC of 1 January and the following days. */
async function finishedTasks(count: number, more: { status?: string; type?: string; failed?: number; from?: number } = {}) {
  const from = more.from ?? 1;
  await bench.ask(
    `INSERT INTO sync_task (task_id, task_type, status, start_date, end_date, total_days, options, source, fingerprint, failed, created_at, started_at, finished_at, success)
     SELECT 't' || n, $2, $3, '2024-01-02', '2024-01-02', 1, '{}', 'files', 'x', $4, timestamptz '2023-12-31 12:00Z' + n * interval '1 day',
            timestamptz '2024-01-01 00:00Z', timestamptz '2024-01-01 00:00Z' + n * interval '1 s', 1
       FROM generate_series($5::int, $5::int + $1::int - 1) n ORDER BY n`,
    [count, more.type ?? "web_batch", more.status ?? "completed", more.failed ?? 0, from],
  );
}

test("tasks come newest first and are filtered by status, type, failed days and the exchange's day of creation", async () => {
  await finishedTasks(2);
  await finishedTasks(1, { from: 3, status: "failed" });
  await finishedTasks(1, { from: 4, type: "verify" });
  await finishedTasks(1, { from: 5, failed: 2 });
  expect(await ids({})).toEqual(["t5", "t4", "t3", "t2", "t1"]);
  expect(await ids({ status: "failed" })).toEqual(["t3"]);
  expect(await ids({ type: "verify" })).toEqual(["t4"]);
  expect(await ids({ failedDays: true })).toEqual(["t5"]);
  expect(await ids({ from: "2024-01-02", to: "2024-01-03" })).toEqual(["t3", "t2"]);
  // Noon UTC of 1 January is already the 2nd in Auckland (UTC+13).
  expect(await ids({ to: "2024-01-02", zone: "Pacific/Auckland" })).toEqual(["t1"]);
  expect((await reads.tasks({ ...EVERY_TASK, status: "completed", limit: 1 })).total).toBe(4);
});

test("a page stays put while new tasks come", async () => {
  await finishedTasks(5);
  const first = await reads.tasks({ ...EVERY_TASK, limit: 2 });
  expect(first).toMatchObject({ tasks: [{ task_id: "t5" }, { task_id: "t4" }], total: 5 });
  await finishedTasks(3, { from: 6 });
  const second = await reads.tasks({ ...EVERY_TASK, limit: 2, cursor: Number(first.next) });
  expect(second.tasks.map((task) => task.task_id)).toEqual(["t3", "t2"]);
  const third = await reads.tasks({ ...EVERY_TASK, limit: 2, cursor: Number(second.next) });
  expect(third).toMatchObject({ tasks: [{ task_id: "t1" }], next: null, total: 8 });
  expect(await ids({ limit: 2, cursor: Number(first.next), status: "failed" })).toEqual([]);
});

test("days of a task come page by page, by status, with the one in work marked as syncing", async () => {
  const run = await runningTask(bench, "2024-01-02", "2024-01-06");
  await run.session.storeDay(run.taskId, write("2024-01-02", rowsOf("2024-01-02", 2)), never);
  await run.session.recordOutcome(run.taskId, failure("2024-01-03"), []);
  const live = { current_date: "2024-01-04" as Day, phase: "fetching" as const, fetched: null, eta: null, wait: null };
  await run.session.publish(run.taskId, { success: 1, failed: 1, skipped: 0, suspect: 0, rows: 2 }, live, [
    "2024-01-02",
    "2024-01-03",
  ]);

  const page = await reads.taskDays(run.taskId, { status: null, after: null, limit: 3 });
  expect(page).toMatchObject({ days_seq: 1, next: "2024-01-04" });
  expect(page?.days.map((day) => [day.date, day.status])).toEqual([
    ["2024-01-02", "success"],
    ["2024-01-03", "failed"],
    ["2024-01-04", "syncing"],
  ]);
  const rest = await reads.taskDays(run.taskId, { status: null, after: page?.next as Day, limit: 3 });
  expect(rest).toMatchObject({ next: null, days: [{ date: "2024-01-05", status: "pending" }, { date: "2024-01-06" }] });
  const dates = async (status: "pending" | "syncing" | "failed") =>
    (await reads.taskDays(run.taskId, { status, after: null, limit: 9 }))?.days.map((day) => day.date);
  expect(await dates("failed")).toEqual(["2024-01-03"]);
  expect(await dates("syncing")).toEqual(["2024-01-04"]);
  expect(await dates("pending")).toEqual(["2024-01-05", "2024-01-06"]);
  expect(await reads.taskDays("nobody", { status: null, after: null, limit: 3 })).toBeNull();
  expect(await reads.workUnderWay()).toEqual({
    running: "2024-01-04",
    queued: new Set(["2024-01-04", "2024-01-05", "2024-01-06"]),
    waiting: { planned: [], tasks: [] },
  });
});

test("what waits is told apart: what a resumed task has left of its plan, and tasks that have none yet", async () => {
  const run = await runningTask(bench, "2024-01-02", "2024-01-03");
  await run.session.storeDay(run.taskId, write("2024-01-02", rowsOf("2024-01-02", 2)), never);
  await run.session.finish(run.taskId, { ...completed, status: "paused" });
  const other = await runningTask(bench, "2024-02-01", "2024-02-01");
  await run.commands.command(run.taskId, "resume", null);
  await run.lease.claimNew(newTask("2024-03-01", "2024-03-05", { mayWait: true }));
  await run.lease.claimNew(newTask("2024-04-01", "2024-04-03", { mayWait: true, task_type: "verify" }));
  expect(await reads.workUnderWay()).toEqual({
    running: null,
    queued: new Set(["2024-02-01"]),
    waiting: { planned: ["2024-01-03"], tasks: [{ from: "2024-03-01", to: "2024-03-05", days: null, force: false }] },
  });
  await other.session.finish(other.taskId, completed);
});

test("days since a delta come delta by delta, in order", async () => {
  const run = await runningTask(bench, "2024-01-02", "2024-01-04");
  const idle = { current_date: null, phase: null, fetched: null, eta: null, wait: null };
  const counts = { success: 1, failed: 0, skipped: 0, suspect: 0, rows: 2 };
  for (const day of ["2024-01-04", "2024-01-02", "2024-01-03"] as const) {
    await run.session.storeDay(run.taskId, write(day, rowsOf(day, 2)), never);
    await run.session.publish(run.taskId, counts, idle, [day]);
  }
  const told = (await reads.daysSince(run.taskId, 1)).map((delta) => [delta.days_seq, delta.days.map((day) => day.date)]);
  expect(told).toEqual([
    [2, ["2024-01-02"]],
    [3, ["2024-01-03"]],
  ]);
  expect(await reads.daysSince(run.taskId, 3)).toEqual([]);
});

test("a snapshot shows the running task, the last finished one and the instances that were seen lately", async () => {
  await finishedTasks(3);
  const run = await runningTask(bench, "2024-01-02", "2024-01-02");
  const instance = { id: run.holder, name: "a:1", address: "127.0.0.1:1", version: "1", fingerprint: "x" };
  const other = { ...instance, id: "00000000-0000-4000-8000-000000000001", name: "b:2" };
  await reads.snapshot(other, 3);
  const seen = await reads.snapshot(instance, 2);
  expect(seen.current?.task_id).toBe(run.taskId);
  expect(seen.last?.task_id).toBe("t3");
  expect(seen.instances).toMatchObject([
    { id: run.holder, name: "a:1", holder: true },
    { id: other.id, name: "b:2", holder: false, renewed_ms_ago: null },
  ]);
  expect(seen.instances[0]?.renewed_ms_ago).toBeGreaterThanOrEqual(0);
  await bench.ask("UPDATE sync_instance SET seen_at = clock_timestamp() - interval '1 minute' WHERE id = $1", [other.id]);
  await run.session.finish(run.taskId, completed);
  const later = await reads.snapshot(instance, 0);
  expect(later).toMatchObject({ current: null, last: { task_id: run.taskId }, instances: [{ id: run.holder, holder: false }] });
});

test("a snapshot names the newest twenty paused tasks and counts them all", async () => {
  await finishedTasks(23);
  await bench.ask("UPDATE sync_task SET status = 'paused', finished_at = NULL WHERE task_id <> 't1'");
  const instance = { id: "00000000-0000-4000-8000-000000000001", name: "a:1", address: "", version: "1", fingerprint: "x" };
  const { paused } = await reads.snapshot(instance, 0);
  expect(paused.count).toBe(22);
  expect(paused.tasks.map(({ task_id }) => task_id)).toEqual(Array.from({ length: 20 }, (_, index) => `t${23 - index}`));
});

test("the pace comes from the last five finished tasks of this source, newest first, but not from one that was paused", async () => {
  await finishedTasks(7);
  const seconds = async (source: string) => (await reads.recentRuns(source, "sync")).map((run) => run.seconds);
  expect(await seconds("files")).toEqual([7, 6, 5, 4, 3]);
  expect(await seconds("sample")).toEqual([]);
  await bench.ask("UPDATE sync_task SET rows = 11, success = 2, failed = 1 WHERE task_id = 't7'");
  expect((await reads.recentRuns("files", "sync"))[0]).toEqual({ seconds: 7, days: 3, rowsPerDay: 5 });
  await bench.ask("INSERT INTO audit_log (task_id, action) VALUES ('t6', 'paused'), ('t5', 'resumed')");
  expect(await seconds("files")).toEqual([7, 5, 4, 3, 2]);
});

test("dates, counts and times arrive as the domain wants them, in any time zone", async () => {
  await finishedTasks(1);
  expect(await reads.task("t1")).toMatchObject({
    start_date: "2024-01-02",
    created_ms: Date.UTC(2024, 0, 1, 12),
    started_ms: Date.UTC(2024, 0, 1),
    epoch: null,
    rows: 0,
    seq: 0,
  });
  expect(await reads.task("nobody")).toBeNull();
  expect(await reads.activeTask()).toBeNull();
  expect(await reads.firstKnownDay()).toBeNull();
});
