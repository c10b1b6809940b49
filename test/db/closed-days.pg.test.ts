import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Day } from "@/lib/contract/day";
import { createReads } from "@/server/db/reads";
import { LeaseLostError } from "@/server/sync/errors";
import { outcomeOf } from "@/server/sync/day/outcomes";
import { type Bench, completed, never, openBench, rowsOf, runningTask, write } from "./fixture";

const DAY: Day = "2024-01-02";
const closed = outcomeOf(DAY, "files", { status: "skipped", reason: "holiday", attempts: 1 });

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterEach(() => bench.reset());
afterAll(() => bench.close());

const learnt = () => bench.ask("SELECT date, source FROM sync_closed_day");

test("a day that the source called closed is kept with its outcome, for that source only", async () => {
  const run = await runningTask(bench, DAY, DAY);
  await run.session.recordOutcome(run.taskId, closed, []);
  expect(await learnt()).toEqual([{ date: DAY, source: "files" }]);
  expect([...(await run.session.loadClosedDays("files"))]).toEqual([DAY]);
  expect([...(await run.session.loadClosedDays("tushare"))]).toEqual([]);
  expect([...(await createReads(bench.pool).closedDays("files"))]).toEqual([DAY]);
  // The same answer once more, by force.
  await run.session.recordOutcome(run.taskId, closed, []);
  expect(await learnt()).toHaveLength(1);
});

test("other skips and failures are no closures", async () => {
  const run = await runningTask(bench, DAY, DAY);
  await run.session.recordOutcome(run.taskId, { ...closed, reason: "not_published" }, []);
  await run.session.recordOutcome(run.taskId, { ...closed, status: "failed", reason: "source_empty", rows: 0 }, []);
  await run.session.recordComparison(run.taskId, closed, null, []);
  expect(await learnt()).toEqual([]);
});

test("a failure of the day before is settled by it, a stored day stays", async () => {
  const run = await runningTask(bench, DAY, "2024-01-03");
  await run.session.recordOutcome(run.taskId, { ...closed, status: "failed", reason: "source_empty", rows: 0 }, []);
  await run.session.storeDay(run.taskId, write("2024-01-03", rowsOf("2024-01-03", 3)), never);
  await run.session.recordOutcome(run.taskId, closed, []);
  await run.session.recordOutcome(run.taskId, { ...closed, date: "2024-01-03" }, []);
  expect(await bench.ask("SELECT date, state FROM sync_day")).toEqual([{ date: "2024-01-03", state: "complete" }]);
});

test("rows that arrive later take it away, with the day or not at all", async () => {
  const run = await runningTask(bench, DAY, DAY);
  await run.session.recordOutcome(run.taskId, closed, []);
  await bench.ask("INSERT INTO sync_closed_day SELECT date, 'tushare', task_id, epoch FROM sync_closed_day");
  await run.session.storeDay(run.taskId, write(DAY, rowsOf(DAY, 3)), never);
  expect(await learnt()).toEqual([{ date: DAY, source: "tushare" }]);
});

test("rows that a check finds take it away", async () => {
  const run = await runningTask(bench, DAY, DAY);
  await run.session.recordOutcome(run.taskId, closed, []);
  await run.session.finish(run.taskId, completed);
  await bench
    .instance()
    .lease.forAMoment((session) => session.correct(DAY, { rows: 5, state: "complete", source: "adopted", warnings: null }));
  expect(await learnt()).toEqual([]);
});

test("a holder whose lease is over teaches nobody", async () => {
  const run = await runningTask(bench, DAY, DAY);
  await bench.expire();
  await expect(run.session.recordOutcome(run.taskId, closed, [])).rejects.toThrow(LeaseLostError);
  expect(await learnt()).toEqual([]);
  // Not by a road past the outcome either.
  const past = `INSERT INTO sync_closed_day (date, source, task_id, epoch) VALUES ('${DAY}', 'files', '${run.taskId}', 1)`;
  await expect(bench.ask(past)).rejects.toMatchObject({ code: "SY001" });
});
