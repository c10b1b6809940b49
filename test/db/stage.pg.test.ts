import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { LeaseLostError } from "@/server/sync/errors";
import type { StageStore } from "@/server/sync/stage-ports";
import { type Bench, completed, openBench, row, runningTask } from "./fixture";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterEach(() => bench.reset());
afterAll(() => bench.close());

const DAYS = ["2024-01-02", "2024-01-03"] as const;
const CHUNK = { chunk: 1, days: [...DAYS] };
const rowsFor = (...codes: string[]) => DAYS.flatMap((day) => codes.map((code) => row(day, code)));
const left = async () =>
  (
    await bench.ask<{ chunks: number; batches: number; rows: number }>(
      `SELECT (SELECT count(*)::int FROM sync_stage_chunk) AS chunks, (SELECT count(*)::int FROM sync_stage_batch) AS batches,
              (SELECT count(*)::int FROM sync_stage) AS rows`,
    )
  )[0];

async function aStage() {
  const run = await runningTask(bench, DAYS[0], DAYS[1]);
  const stage = run.session.stage(run.taskId);
  await stage.keepNotes(CHUNK, { listed: { "2024-01-02": 3 } });
  await stage.put(1, { batch: 1, symbols: ["600000", "600001"], rows: rowsFor("600000", "600001") });
  await stage.put(1, { batch: 2, symbols: ["600002"], rows: [] });
  return { ...run, stage };
}

test("what was kept comes back: notes, whole symbols (also without a row), and the rows of each day", async () => {
  const { stage } = await aStage();
  expect(await stage.chunks()).toEqual([CHUNK]);
  expect(await stage.notes(1)).toEqual({ listed: { "2024-01-02": 3 } });
  expect(await stage.batches(1)).toEqual([["600000", "600001"], ["600002"]]);
  for (const day of DAYS) expect(await stage.rowsOf(1, day)).toEqual([row(day, "600000"), row(day, "600001")]);
  expect(await stage.rowsOf(1, "2024-01-04")).toEqual([]);
  expect(await stage.notes(2)).toBeNull();
});

test("every character of a name survives, and null stays null", async () => {
  const { stage } = await aStage();
  const odd = row(DAYS[0], "600003", { stock_name: `万 科Ａ\\N\t"'\u0000𠮷`, turnover_rate: null });
  await stage.put(1, { batch: 3, symbols: ["600003"], rows: [odd] });
  expect((await stage.rowsOf(1, DAYS[0])).at(-1)).toEqual(odd);
  await stage.keepNotes(CHUNK, { name: "\u0000" });
  expect(await stage.notes(1)).toEqual({ name: "\u0000" });
});

test("a batch whose answer got lost is put again, and is there once", async () => {
  const { stage } = await aStage();
  const before = await left();
  await stage.put(1, { batch: 1, symbols: ["600000", "600001"], rows: rowsFor("600000", "600001") });
  expect(await left()).toEqual(before);
});

test("a batch that goes through forgives the crashes of the task", async () => {
  const { stage, taskId } = await aStage();
  await bench.ask("UPDATE sync_task SET crashes = 2 WHERE task_id = $1", [taskId]);
  await stage.put(1, { batch: 3, symbols: ["600003"], rows: [] });
  expect(await bench.ask("SELECT crashes FROM sync_task")).toEqual([{ crashes: 0 }]);
});

const WRITES: [string, (stage: StageStore) => Promise<void>][] = [
  ["keep notes", (stage) => stage.keepNotes({ chunk: 2, days: ["2024-01-04"] }, {})],
  ["change notes", (stage) => stage.keepNotes(CHUNK, { listed: {} })],
  ["keep symbols", (stage) => stage.put(1, { batch: 3, symbols: ["600003"], rows: rowsFor("600003") })],
  ["drop a chunk", (stage) => stage.drop(1)],
];
test.each(WRITES)("an old epoch cannot %s", async (_what, write) => {
  const { stage } = await aStage();
  const before = { left: await left(), notes: await stage.notes(1) };
  await bench.ask("UPDATE sync_lease SET epoch = epoch + 1, expires_at = clock_timestamp() + interval '1 minute'");
  await expect(write(stage)).rejects.toBeInstanceOf(LeaseLostError);
  expect({ left: await left(), notes: await stage.notes(1) }).toEqual(before);
});

test.each(WRITES)("nor can a holder whose lease ran out %s", async (_what, write) => {
  const { stage } = await aStage();
  const before = await left();
  await bench.expire();
  await expect(write(stage)).rejects.toBeInstanceOf(LeaseLostError);
  expect(await left()).toEqual(before);
});

test("a chunk that is dropped leaves the others", async () => {
  const { stage } = await aStage();
  await stage.keepNotes({ chunk: 2, days: ["2024-01-04"] }, {});
  await stage.put(2, { batch: 1, symbols: ["600000"], rows: [row("2024-01-04", "600000")] });
  await stage.drop(1);
  expect(await left()).toEqual({ chunks: 1, batches: 1, rows: 1 });
});

test.each(["completed", "failed", "cancelled"] as const)("a task that ends %s leaves no stage", async (status) => {
  const { session, taskId } = await aStage();
  await session.finish(taskId, { ...completed, status });
  expect(await left()).toEqual({ chunks: 0, batches: 0, rows: 0 });
});

test("a task that pauses, is interrupted and is taken over keeps its stage", async () => {
  const { session, taskId, stage, lease } = await aStage();
  const before = await left();
  await session.finish(taskId, { ...completed, status: "paused" });
  expect(await left()).toEqual(before);
  await bench.ask("UPDATE sync_task SET status = 'interrupted' WHERE task_id = $1", [taskId]);
  const next = await lease.claimNext();
  expect(next?.task_id).toBe(taskId);
  expect(await left()).toEqual(before);
  await expect(stage.drop(1)).rejects.toBeInstanceOf(LeaseLostError);
});

test("one that is given up after too many crashes leaves none", async () => {
  const { taskId, lease } = await aStage();
  await bench.expire();
  await bench.ask("UPDATE sync_task SET crashes = 3 WHERE task_id = $1", [taskId]);
  expect(await lease.claimNext()).toBeNull();
  expect(await bench.ask("SELECT status FROM sync_task")).toEqual([{ status: "failed" }]);
  expect(await left()).toEqual({ chunks: 0, batches: 0, rows: 0 });
});
