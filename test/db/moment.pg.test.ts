import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Day } from "@/lib/contract/day";
import type { AdoptedDay } from "@/server/sync/plan/ledger";
import { type Bench, completed, newTask, openBench, rowsOf, runningTask, write, never } from "./fixture";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterEach(() => bench.reset());
afterAll(() => bench.close());

test("a start that comes while the lease is held for a moment waits for it and then runs", async () => {
  const happened: string[] = [];
  const { lease } = bench.instance();
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const moment = lease.forAMoment(async () => {
    happened.push("moment");
    await held;
    happened.push("moment over");
  });
  while (happened.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const start = bench
    .instance()
    .lease.claimNew(newTask("2024-01-02", "2024-01-02"))
    .then((claim) => {
      happened.push(claim.kind);
    });
  await bench.someoneWaits();
  letGo();
  await Promise.all([moment, start]);
  expect(happened).toEqual(["moment", "moment over", "claimed"]);
});

test("while a task runs or waits for its takeover nobody gets the moment", async () => {
  const run = await runningTask(bench, "2024-01-02", "2024-01-02");
  const { lease } = bench.instance();
  expect(await lease.forAMoment(async () => "mine")).toBeNull();
  await run.lease.interrupt(run.taskId, run.epoch);
  expect(await lease.forAMoment(async () => "mine")).toBeNull();
});

test("work that fails in the moment leaves the lease and the ledger as they were", async () => {
  const { lease } = bench.instance();
  const failing = lease.forAMoment(async (session) => {
    await session.correct("2024-01-02", { rows: 5, state: "complete", source: "adopted", warnings: null });
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect(await bench.ask("SELECT epoch, holder FROM sync_lease")).toEqual([{ epoch: "0", holder: null }]);
  expect(await bench.ask("SELECT 1 FROM sync_day")).toEqual([]);
});

test("a correction writes what the table holds, and takes the entry of an empty day away", async () => {
  const run = await runningTask(bench, "2024-01-02", "2024-01-02");
  await run.session.storeDay(run.taskId, write("2024-01-02", rowsOf("2024-01-02", 3)), never);
  await run.session.finish(run.taskId, completed);
  const { lease } = bench.instance();
  await bench.ask("DELETE FROM daily_stock_data WHERE stock_code = '600000'");
  const counted = await lease.forAMoment(async (session) => {
    const rows = await session.countRows("2024-01-02");
    await session.correct("2024-01-02", { rows, state: "suspect", source: "files", warnings: null });
    return rows;
  });
  expect(counted).toBe(2);
  const day = () => bench.ask("SELECT state, rows, checksum, source FROM sync_day");
  expect(await day()).toEqual([{ state: "suspect", rows: 2, checksum: null, source: "files" }]);
  await lease.forAMoment((session) =>
    session.correct("2024-01-02", { rows: 0, state: "suspect", source: "files", warnings: null }),
  );
  expect(await day()).toEqual([]);
});

test("an adoption leaves the days alone that came to the ledger while they were counted", async () => {
  const run = await runningTask(bench, "2024-01-02", "2024-01-02");
  await run.session.storeDay(run.taskId, write("2024-01-02", rowsOf("2024-01-02", 3)), never);
  await run.session.finish(run.taskId, completed);
  const found = (date: Day): AdoptedDay => ({ date, rows: 9, state: "suspect", warnings: [] });
  const { lease } = bench.instance();
  expect(await lease.forAMoment((session) => session.adopt([found("2024-01-02"), found("2024-01-03")]))).toBe(1);
  expect(await bench.ask("SELECT date, state, rows, source FROM sync_day ORDER BY date")).toEqual([
    { date: "2024-01-02", state: "complete", rows: 3, source: "files" },
    { date: "2024-01-03", state: "suspect", rows: 9, source: "adopted" },
  ]);
});
