import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Day } from "@/lib/contract/day";
import type { RejectedRow } from "@/lib/contract/task";
import { keepClosedSource } from "@/server/db/closed-source-sql";
import { createReads } from "@/server/db/reads";
import { DiskFullError } from "@/server/sync/errors";
import type { RunEnd } from "@/server/sync/session-ports";
import { type Bench, completed, failure, newTask, never, openBench, outcome, rowsOf, runningTask, write } from "./fixture";

const DAY: Day = "2024-01-02";
let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterEach(async () => {
  await bench.ask("DROP TRIGGER IF EXISTS test_full ON sync_day; DROP TRIGGER IF EXISTS test_full ON sync_task");
  await bench.reset();
});
afterAll(() => bench.close());

const inAnHour = () => Date.now() + 3_600_000;
const FILES = { name: "files", account: "token-a" };
const pauseOf = (over: Partial<NonNullable<RunEnd["pause"]>> = {}, turn = 1): RunEnd => ({
  status: "paused",
  error: null,
  rejudged: [],
  pause: { reason: "quota", resumeMs: inAnHour(), detail: "500 calls a day", turn, heardFrom: FILES, ...over },
  handOver: false,
});
const task = async (id: string) => (await bench.ask("SELECT * FROM sync_task WHERE task_id = $1", [id]))[0];
const audit = () => bench.ask("SELECT action, actor, reason FROM audit_log ORDER BY id");
const timeIsUp = () =>
  bench.ask(`UPDATE sync_task SET resume_at = clock_timestamp() - interval '1 second' WHERE pause_reason <> 'person';
    UPDATE sync_closed_source SET until = clock_timestamp() - interval '1 second'`);

async function paused(end: RunEnd = pauseOf()) {
  const run = await runningTask(bench, DAY, "2024-01-04");
  const { task: done } = await run.session.finish(run.taskId, end);
  return { ...run, done };
}

describe("a pause by the system", () => {
  test("stands in the task with reason, time and the source's words, frees the lease, and has a line in the log", async () => {
    const resumeMs = inAnHour();
    const { done } = await paused(pauseOf({ resumeMs }, 3));
    expect(done).toMatchObject({
      status: "paused",
      pause_reason: "quota",
      pause_detail: "500 calls a day",
      paused_by: null,
      resume_ms: resumeMs,
      pauses: 3,
      finished_ms: null,
      live: null,
    });
    expect(await bench.ask("SELECT holder FROM sync_lease")).toEqual([{ holder: null }]);
    expect((await audit()).at(-1)).toEqual({ action: "paused", actor: null, reason: "quota" });
  });
  test("is not over before its time, and then any instance goes on with it", async () => {
    const { taskId, lease } = await paused();
    expect(await lease.claimNext()).toBeNull();
    await timeIsUp();
    const next = await bench.instance({ name: "there:2" }).lease.claimNext();
    expect(next).toMatchObject({ task_id: taskId, status: "running", holder: "there:2", pause_reason: null, resume_ms: null });
    expect(next).toMatchObject({ pause_detail: null, pauses: 1, takeovers: 0 });
    expect((await audit()).at(-1)).toEqual({ action: "resumed", actor: null, reason: "quota" });
  });
  test("that is over goes before everything that waits, and is handed over like the queue", async () => {
    const { taskId, lease } = await paused();
    const other = await runningTask(bench, "2024-02-01", "2024-02-01");
    await lease.claimNew(newTask("2024-03-01", "2024-03-01", { mayWait: true, priority: 9 }));
    await timeIsUp();
    expect(await other.session.finish(other.taskId, { ...completed, handOver: true })).toMatchObject({
      next: { task_id: taskId },
    });
  });
  test("never ends the pause of a person, however late it is", async () => {
    const run = await runningTask(bench, DAY, DAY);
    await run.commands.command(run.taskId, "pause", "ann");
    await run.session.finish(run.taskId, pauseOf());
    expect(await task(run.taskId)).toMatchObject({ status: "paused", pause_reason: "person", paused_by: "ann", resume_at: null });
    await bench.ask("UPDATE sync_task SET resume_at = clock_timestamp() - interval '1 day'");
    expect(await run.lease.claimNext()).toBeNull();
    expect((await audit()).map(({ reason }) => reason)).toEqual([null, null]);
  });
  test("gives way to a cancel that came meanwhile", async () => {
    const run = await runningTask(bench, DAY, DAY);
    await run.commands.command(run.taskId, "cancel", "ann");
    await run.session.finish(run.taskId, pauseOf());
    expect(await task(run.taskId)).toMatchObject({ status: "cancelled", pause_reason: null, finished_at: expect.any(Date) });
  });
  test("planned for another configuration ends as failed when its time comes, instead of waiting for ever", async () => {
    const { taskId } = await paused();
    await timeIsUp();
    expect(await bench.instance({ fingerprint: "massive|XNYS" }).lease.claimNext()).toBeNull();
    expect(await task(taskId)).toMatchObject({ status: "failed", error: { code: "configuration_changed" } });
  });
  test("lets another task start meanwhile, which learns why the source is closed", async () => {
    const resumeMs = inAnHour();
    await paused(pauseOf({ resumeMs }));
    const other = await runningTask(bench, "2024-02-01", "2024-02-01");
    const closed = { reason: "quota", resumeMs, detail: "500 calls a day" };
    expect(await other.session.closedSource(FILES)).toEqual(closed);
    expect(await other.session.closedSource({ name: "tushare" })).toBeNull();
    await timeIsUp();
    expect(await other.session.closedSource(FILES)).toBeNull();
  });
  test("outlives its task: cancelled, deleted or not, what the source said is known until its time", async () => {
    const resumeMs = inAnHour();
    const { taskId, commands } = await paused(pauseOf({ resumeMs }));
    await commands.command(taskId, "cancel", "ann");
    const reads = createReads(bench.pool);
    const known = { reason: "quota", resumeMs, detail: "500 calls a day" };
    expect(await reads.closedSource(FILES)).toEqual(known);
    await bench.ask("TRUNCATE sync_task CASCADE");
    expect(await reads.closedSource(FILES)).toEqual(known);
    await timeIsUp();
    expect(await reads.closedSource(FILES)).toBeNull();
  });
  test("is that of an account where its allowance is used up, and of the address where it is banned", async () => {
    const reads = createReads(bench.pool);
    await paused();
    expect(await reads.closedSource({ name: "files", account: "token-b" })).toBeNull();
    expect(await reads.closedSource({ name: "files" })).toBeNull();
    await paused(pauseOf({ reason: "banned" }));
    expect(await reads.closedSource({ name: "files", account: "token-b" })).toMatchObject({ reason: "banned" });
    // The word of a source without an account is for whoever asks.
    await keepClosedSource(bench.pool, { name: "files" }, { reason: "quota", resumeMs: inAnHour(), detail: null });
    expect(await reads.closedSource(FILES)).toMatchObject({ reason: "quota", detail: null });
  });
  test("is remembered though a person cancelled the task before its last words", async () => {
    const run = await runningTask(bench, DAY, DAY);
    await run.commands.command(run.taskId, "cancel", "ann");
    await run.session.finish(run.taskId, pauseOf());
    expect(await createReads(bench.pool).closedSource(FILES)).toMatchObject({ reason: "quota" });
  });
  test("for want of room says nothing of the source", async () => {
    await paused(pauseOf({ reason: "disk_full", heardFrom: null }));
    const other = await runningTask(bench, "2024-02-01", "2024-02-01");
    expect(await other.session.closedSource(FILES)).toBeNull();
  });
  test("that a person ends opens the source for whatever else waits for it", async () => {
    const first = await paused();
    const second = await paused(pauseOf({ reason: "banned" }));
    const disk = await paused(pauseOf({ reason: "disk_full" }));
    expect(await first.commands.command(first.taskId, "resume", "ann")).toMatchObject({
      kind: "done",
      task: { status: "queued", pause_reason: null, pause_detail: null, resume_ms: null },
    });
    expect(await first.session.closedSource(FILES)).toBeNull();
    expect(await task(second.taskId)).toMatchObject({ status: "paused", pause_reason: "banned" });
    expect((await task(disk.taskId))?.["resume_at"].getTime()).toBeGreaterThan(Date.now() + 3_000_000);
  });
});

describe("a disk without room", () => {
  const FULL = `CREATE OR REPLACE FUNCTION test_full() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$`;
  const fill = (table: "sync_day" | "sync_task") =>
    bench.ask(`${FULL}; CREATE TRIGGER test_full BEFORE INSERT OR UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION test_full()`);

  test("is told apart from a refusal, and the day is rolled back whole", async () => {
    const run = await runningTask(bench, DAY, DAY);
    await run.session.storeDay(run.taskId, write(DAY, rowsOf(DAY, 3)), never);
    await fill("sync_day");
    await expect(run.session.storeDay(run.taskId, write(DAY, rowsOf(DAY, 5)), never)).rejects.toBeInstanceOf(DiskFullError);
    expect(await bench.codes(DAY)).toHaveLength(3);
    expect(await bench.ask("SELECT rows FROM sync_day")).toEqual([{ rows: 3 }]);
  });
  test("is told the same way when a failed day, or the end of the task, cannot be written", async () => {
    const run = await runningTask(bench, DAY, DAY);
    await fill("sync_day");
    await expect(run.session.recordOutcome(run.taskId, failure(DAY), [])).rejects.toBeInstanceOf(DiskFullError);
    await fill("sync_task");
    await expect(run.session.finish(run.taskId, pauseOf({ reason: "disk_full" }))).rejects.toBeInstanceOf(DiskFullError);
    expect(await task(run.taskId)).toMatchObject({ status: "running" });
    await bench.ask("DROP TRIGGER test_full ON sync_task");
    expect(await run.session.finish(run.taskId, pauseOf({ reason: "disk_full" }))).toMatchObject({ task: { status: "paused" } });
  });
});

test("rows that were left out are kept with the day, whether it was stored or failed, and are in the receipt", async () => {
  const row = (at: number): RejectedRow => ({
    row: at,
    code: "600000",
    field: "close_price",
    value: "x",
    problem: "not_a_number",
  });
  const run = await runningTask(bench, DAY, "2024-01-04");
  const stored = outcome(DAY, { rows: 2, rejected: 1, rejected_sample: [row(1)] });
  await run.session.storeDay(run.taskId, write(DAY, rowsOf(DAY, 2), { outcome: stored }), never);
  const failed = { ...failure("2024-01-03"), rejected: 40, rejected_sample: [row(7), row(9)] };
  await run.session.recordOutcome(run.taskId, failed, []);
  const reads = createReads(bench.pool);
  expect(await reads.rejectedRows(run.taskId, DAY)).toEqual({ rejected: 1, sample: [row(1)] });
  expect(await reads.rejectedRows(run.taskId, "2024-01-03")).toEqual({ rejected: 40, sample: [row(7), row(9)] });
  expect(await reads.rejectedRows(run.taskId, "2024-01-04")).toEqual({ rejected: 0, sample: [] });
  expect(await reads.rejectedRows(run.taskId, "2024-01-05")).toBeNull();
  const receipt = await reads.receiptDays(run.taskId, null, 10);
  expect(receipt.map((day) => day.rejected_sample)).toEqual([[row(1)], [row(7), row(9)], []]);
});

test("what the source expected is kept in the ledger with the day", async () => {
  const run = await runningTask(bench, DAY, DAY);
  await run.session.storeDay(run.taskId, write(DAY, rowsOf(DAY, 2), { expected: 60 }), never);
  expect((await run.session.loadLedger()).get(DAY)).toMatchObject({ rows: 2, expected: 60 });
});
