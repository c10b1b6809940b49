import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { holdsRealRows, readLedger } from "@/server/db/ledger-sql";
import { type Bench, failure, never, openBench, outcome, rowsOf, runningTask, write } from "./fixture";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterEach(() => bench.reset());
afterAll(() => bench.close());

const DAY = "2024-01-03";
/** A day that somebody else wrote: rows without an entry in the ledger. */
const adopt = (day: string) =>
  bench.ask(
    "INSERT INTO daily_stock_data (stock_code, trade_date, close_price) SELECT n::text, $1, 1 FROM generate_series(1, 3) n",
    [day],
  );

async function store(source: string) {
  const run = await runningTask(bench, DAY, DAY);
  const good = write(DAY, rowsOf(DAY, 3));
  await run.session.storeDay(run.taskId, { ...good, outcome: outcome(DAY, { rows: 3, source }) }, never);
  return run;
}

test("an empty table holds nothing real, and neither does one of sample days alone", async () => {
  expect(await holdsRealRows(bench.pool)).toBe(false);
  await store("sample");
  expect(await holdsRealRows(bench.pool)).toBe(false);
  expect(await readLedger(bench.pool)).toMatchObject(
    new Map([[DAY, { date: DAY, state: "complete", rows: 3, source: "sample" }]]),
  );
});

test("a day of another source is real", async () => {
  await store("files");
  expect(await holdsRealRows(bench.pool)).toBe(true);
});

test.each(["2024-01-02", "2024-01-04", "1990-12-19"])(
  "rows nobody knows of (%s) are real, before, after and far from a sample day",
  async (day) => {
    await store("sample");
    await adopt(day);
    expect(await holdsRealRows(bench.pool)).toBe(true);
  },
);

test("rows nobody knows of stay real when a sync of their day failed", async () => {
  const run = await runningTask(bench, DAY, DAY);
  await adopt(DAY);
  await run.session.recordOutcome(run.taskId, failure(DAY), []);
  expect(await holdsRealRows(bench.pool)).toBe(true);
});

test("a failed day without rows is nothing real", async () => {
  const run = await runningTask(bench, DAY, DAY);
  await run.session.recordOutcome(run.taskId, failure(DAY), []);
  expect(await holdsRealRows(bench.pool)).toBe(false);
});
