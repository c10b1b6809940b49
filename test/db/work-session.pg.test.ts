import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Day } from "@/lib/contract/day";
import { DatabaseAwayError } from "@/server/sync/errors";
import type { RunEnd } from "@/server/sync/session-ports";
import type { LiveState, TaskCounts } from "@/server/sync/task/task-record";
import { type Bench, completed, failure, never, openBench, rowsOf, runningTask, write } from "./fixture";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterEach(() => bench.reset());
afterAll(() => bench.close());

const [FIRST, SECOND, THIRD] = ["2024-01-02", "2024-01-03", "2024-01-04"] as const;
const idle: LiveState = { current_date: null, phase: null, fetched: null, eta: null, wait: null };
const counted = (more: Partial<TaskCounts>): TaskCounts => ({ success: 0, failed: 0, skipped: 0, suspect: 0, rows: 0, ...more });
const numbers = () => bench.ask("SELECT date, status, days_seq FROM sync_task_day ORDER BY date");

async function threeDays(skip: Day[] = []) {
  const run = await runningTask(bench, FIRST, THIRD, { skip });
  const store = (day: Day, rows: number, more = {}) =>
    run.session.storeDay(run.taskId, write(day, rowsOf(day, rows), more), never);
  return { ...run, store };
}

test("a plan is written once, in its order, and read back with what became of it", async () => {
  const run = await threeDays([SECOND]);
  await run.store(FIRST, 2);
  const plan = await run.session.loadPlan(run.taskId);
  expect(plan).toMatchObject([
    { date: FIRST, action: "fetch", reason: "missing", outcome: { status: "success", rows: 2, attempts: 1, source: "files" } },
    { date: SECOND, action: "skip", reason: "weekend", outcome: null },
    { date: THIRD, action: "fetch", reason: "missing", outcome: null },
  ]);
  expect(await bench.ask("SELECT total, fetch_days FROM sync_task")).toEqual([{ total: 3, fetch_days: 2 }]);
  const again = [{ date: FIRST, action: "fetch" as const, reason: "missing" as const }];
  await expect(run.session.savePlan(run.taskId, again, { seconds: null, fetch_days: 1, rows: null })).rejects.toThrow(
    /duplicate key/,
  );
});

test("each publication of days is one delta with the next number; one without days moves only seq", async () => {
  const run = await threeDays();
  await run.store(FIRST, 2);
  const start = (await bench.ask<{ seq: string }>("SELECT seq FROM sync_task"))[0]?.seq;
  const first = await run.session.publish(run.taskId, counted({ success: 1, rows: 2 }), idle, [FIRST]);
  expect(first).toEqual({ seq: Number(start) + 1, days_seq: 1 });
  const quiet = await run.session.publish(run.taskId, counted({ success: 1, rows: 2 }), { ...idle, current_date: SECOND }, []);
  expect(quiet).toEqual({ seq: first.seq + 1, days_seq: 1 });
  await run.store(SECOND, 2);
  await run.store(THIRD, 2);
  expect(await run.session.publish(run.taskId, counted({ success: 3, rows: 6 }), idle, [SECOND, THIRD])).toMatchObject({
    days_seq: 2,
  });
  expect(await numbers()).toMatchObject([{ days_seq: "1" }, { days_seq: "2" }, { days_seq: "2" }]);
});

test("the end settles the last skips, and numbers them and the unpublished days as one last delta", async () => {
  const run = await threeDays([THIRD]);
  await run.store(FIRST, 2);
  await run.session.publish(run.taskId, counted({ success: 1, rows: 2 }), idle, [FIRST]);
  await run.store(SECOND, 2);
  const { task: done } = await run.session.finish(run.taskId, completed);
  expect(done).toMatchObject({ status: "completed", success: 2, skipped: 1, failed: 0, rows: 4, days_seq: 2, live: null });
  expect(await numbers()).toEqual([
    { date: FIRST, status: "success", days_seq: "1" },
    { date: SECOND, status: "success", days_seq: "2" },
    { date: THIRD, status: "skipped", days_seq: "2" },
  ]);
});

test("an end without news has no delta of its own", async () => {
  const run = await threeDays([SECOND, THIRD]);
  await run.store(FIRST, 2, { skipsBefore: [SECOND, THIRD] });
  await run.session.publish(run.taskId, counted({ success: 1, skipped: 2, rows: 2 }), idle, [FIRST, SECOND, THIRD]);
  expect(await run.session.finish(run.taskId, completed)).toMatchObject({ task: { days_seq: 1 } });
});

test("final counts come from the days, whatever was published last", async () => {
  const run = await threeDays();
  await run.store(FIRST, 2);
  await run.store(SECOND, 3, { state: "suspect", outcome: { ...write(SECOND, rowsOf(SECOND, 3)).outcome, suspect: true } });
  await run.session.recordOutcome(run.taskId, failure(THIRD), []);
  await run.session.publish(run.taskId, counted({ success: 99, failed: 99, rows: 99 }), idle, []);
  const { task: done } = await run.session.finish(run.taskId, completed);
  expect(done).toMatchObject({ success: 2, failed: 1, skipped: 0, suspect: 1, rows: 5 });
  expect(done.errors).toMatchObject([{ date: THIRD, code: "source_empty", params: {} }]);
});

test("a failed task leaves its unfinished days pending", async () => {
  const run = await threeDays([THIRD]);
  await run.store(FIRST, 2);
  const error = { code: "internal_error" as const, params: { detail: "x" } };
  expect(await run.session.finish(run.taskId, { status: "failed", error, rejudged: [], handOver: false })).toMatchObject({
    task: { success: 1, skipped: 0, error },
  });
  expect((await numbers()).map((day) => day["status"])).toEqual(["success", "pending", "pending"]);
});

test("a day judged again changes in the ledger and in this task, and is told once more", async () => {
  const run = await threeDays();
  for (const day of [FIRST, SECOND, THIRD]) await run.store(day, 2);
  await run.session.publish(run.taskId, counted({ success: 3, rows: 6 }), idle, [FIRST, SECOND, THIRD]);
  const warning = { code: "few_rows" as const, params: { rows: 2, expected: 3, percent: 33.3 } };
  const { task: done } = await run.session.finish(run.taskId, {
    ...completed,
    rejudged: [{ date: SECOND, state: "suspect", warning }],
  });
  expect(done).toMatchObject({ suspect: 1, days_seq: 2 });
  expect(await bench.ask("SELECT date, state, warnings FROM sync_day ORDER BY date")).toEqual([
    { date: FIRST, state: "complete", warnings: [] },
    { date: SECOND, state: "suspect", warnings: [warning] },
    { date: THIRD, state: "complete", warnings: [] },
  ]);
  const days = await bench.ask(
    "SELECT date, suspect, reason, warnings, days_seq FROM sync_task_day WHERE suspect OR days_seq = 2",
  );
  expect(days).toEqual([{ date: SECOND, suspect: true, reason: "few_rows", warnings: [warning], days_seq: "2" }]);
});

test("a doubt that is lifted takes its warning away and leaves the others", async () => {
  const run = await threeDays();
  const few = { code: "few_rows" as const, params: { rows: 2, expected: 3, percent: 33.3 } };
  const closed = { code: "closed_day" as const, params: {} };
  const { outcome } = write(FIRST, rowsOf(FIRST, 2));
  await run.store(FIRST, 2, {
    state: "suspect",
    outcome: { ...outcome, suspect: true, reason: "few_rows", warnings: [few, closed] },
  });
  const { task: done } = await run.session.finish(run.taskId, {
    ...completed,
    rejudged: [{ date: FIRST, state: "complete", warning: null }],
  });
  expect(done.suspect).toBe(0);
  expect(await bench.ask("SELECT state, warnings FROM sync_day")).toEqual([{ state: "complete", warnings: [closed] }]);
  expect(await bench.ask("SELECT suspect, reason, warnings FROM sync_task_day WHERE status = 'success'")).toEqual([
    { suspect: false, reason: null, warnings: [closed] },
  ]);
});

test("a neighbour of an older task is judged again in the ledger, its old task stays as history told it", async () => {
  const old = await threeDays();
  await old.store(FIRST, 2);
  await old.session.finish(old.taskId, completed);
  const run = await runningTask(bench, "2024-01-08", "2024-01-08");
  await run.session.finish(run.taskId, { ...completed, rejudged: [{ date: FIRST, state: "suspect", warning: null }] });
  expect(await bench.ask("SELECT state FROM sync_day")).toEqual([{ state: "suspect" }]);
  expect(await bench.ask("SELECT suspect FROM sync_task_day WHERE status = 'success'")).toEqual([{ suspect: false }]);
});

test("two tasks are never running at once, even where somebody writes past the lease", async () => {
  await threeDays();
  const copy = `INSERT INTO sync_task (task_id, task_type, status, start_date, end_date, total_days, options, source, fingerprint)
    VALUES ('x', 'web_batch', 'running', '2024-01-02', '2024-01-02', 1, '{}', 'files', 'x')`;
  await expect(bench.ask(copy)).rejects.toThrow(/sync_task_one_running/);
});

test("work that waits in the queue of a cut session, or whose line is being made, gets none any more", async () => {
  const run = await runningTask(bench, FIRST, SECOND);
  const letGo = await bench.lockTable();
  const one = run.openSession(run.epoch, { loaders: 1 });
  const storing = [FIRST, SECOND].map((day) => one.storeDay(run.taskId, write(day, rowsOf(day, 2)), never));
  await bench.someoneWaits();
  const queued = one.recordOutcome(run.taskId, failure(SECOND), []);
  const other = run.openSession(run.epoch);
  const connecting = other.recordOutcome(run.taskId, failure(SECOND), []);
  one.cut();
  other.cut();
  const ends = await Promise.allSettled([...storing, queued, connecting]);
  expect(ends.map((end) => end.status === "rejected" && end.reason instanceof DatabaseAwayError)).toEqual([
    true,
    true,
    true,
    true,
  ]);
  await letGo();
  expect(await numbers()).toMatchObject([{ status: "pending" }, { status: "pending" }]);
  // The last words have a line of their own.
  const end: RunEnd = { status: "cancelled", error: null, rejudged: [], handOver: false };
  expect(await one.finish(run.taskId, end)).toMatchObject({ task: { status: "cancelled" } });
});
