import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Bench, newTask, never, openBench, row, runningTask, write } from "./fixture";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterEach(() => bench.reset());
afterAll(() => bench.close());

const task = async () => (await bench.ask("SELECT status, crashes, takeovers, error, epoch FROM sync_task"))[0];

test("a lease that is alive is not taken over", async () => {
  await runningTask(bench, "2024-01-02", "2024-01-02");
  expect(await bench.instance().lease.claimNext()).toBeNull();
  expect(await task()).toMatchObject({ status: "running", epoch: "1" });
});

test("the database's clock decides what is expired, even inside a transaction that began before", async () => {
  await runningTask(bench, "2024-01-02", "2024-01-02");
  // A thief whose transaction starts while the lease is alive and gets the row only when it has run out.
  const blocker = await bench.pool.connect();
  await blocker.query("BEGIN");
  await blocker.query("SELECT 1 FROM sync_lease FOR UPDATE");
  const theft = bench.instance().lease.claimNext();
  await bench.someoneWaits();
  await blocker.query("UPDATE sync_lease SET expires_at = clock_timestamp()");
  await blocker.query("COMMIT");
  blocker.release();
  expect(await theft).toMatchObject({ epoch: 2, takeovers: 1 });
});

test("of two thieves one gets the expired lease", async () => {
  const run = await runningTask(bench, "2024-01-02", "2024-01-02");
  await bench.expire();
  const thieves = await Promise.all([1, 2, 3, 4].map(() => bench.instance().lease.claimNext()));
  expect(thieves.filter((taken) => taken !== null)).toMatchObject([{ task_id: run.taskId, epoch: 2, takeovers: 1 }]);
});

test("a holder that was robbed is told so, and its connections end mid-work", async () => {
  const run = await runningTask(bench, "2024-01-02", "2024-01-02");
  // The victim stands in its transaction, waiting for a lock.
  const letGo = await bench.lockTable();
  const storing = run.session.storeDay(run.taskId, write("2024-01-02", [row("2024-01-02", "600000")]), never);
  const stored = expect(storing).rejects.toMatchObject({ name: "DatabaseAwayError" });
  await bench.someoneWaits();
  await bench.expire();
  await bench.instance().lease.claimNext();
  await stored;
  const works = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'dayfill:work:1' AND datname = current_database()";
  // It is told to end within the claim, and waited for two seconds there; on a busy machine it may take longer.
  await expect.poll(() => bench.ask(works)).toEqual([]);
  await letGo();
  expect(await run.lease.renew(run.epoch)).toBe(false);
  expect(await bench.codes("2024-01-02")).toEqual([]);
});

test("a task that crashed three times without finishing a day ends as a poison task", async () => {
  const run = await runningTask(bench, "2024-01-02", "2024-01-02");
  for (let crash = 1; crash <= 2; crash += 1) {
    await bench.expire();
    expect(await bench.instance().lease.claimNext()).toMatchObject({ task_id: run.taskId, takeovers: crash });
  }
  await bench.expire();
  expect(await bench.instance().lease.claimNext()).toBeNull();
  expect(await task()).toMatchObject({ status: "failed", crashes: 3, error: { code: "poison_task", params: { crashes: 3 } } });
  expect(await bench.instance().lease.claimNew(newTask("2024-01-02", "2024-01-02"))).toMatchObject({ kind: "claimed" });
});

test("a finished day forgives the crashes before it", async () => {
  const run = await runningTask(bench, "2024-01-02", "2024-01-03");
  for (let crash = 1; crash <= 2; crash += 1) {
    await bench.expire();
    await bench.instance().lease.claimNext();
  }
  await bench.ask("UPDATE sync_lease SET expires_at = clock_timestamp() + interval '60 s'");
  const session = bench.instance().session(3);
  const counts = { success: 1, failed: 0, skipped: 0, suspect: 0, rows: 1 };
  await session.storeDay(run.taskId, write("2024-01-02", [row("2024-01-02", "600000")]), never);
  await session.publish(run.taskId, counts, { current_date: null, phase: null, fetched: null, eta: null, wait: null }, [
    "2024-01-02",
  ]);
  expect(await task()).toMatchObject({ status: "running", crashes: 0 });
  await bench.expire();
  expect(await bench.instance().lease.claimNext()).toMatchObject({ task_id: run.taskId, takeovers: 3 });
});

test("clean stops are no crashes: a task may be handed on as often as it takes", async () => {
  const run = await runningTask(bench, "2024-01-02", "2024-01-02");
  await run.lease.interrupt(run.taskId, run.epoch);
  for (let turn = 0; turn < 4; turn += 1) {
    const next = bench.instance();
    const taken = await next.lease.claimNext();
    expect(taken).toMatchObject({ task_id: run.taskId });
    await next.lease.interrupt(run.taskId, taken!.epoch!);
  }
  expect(await task()).toMatchObject({ status: "interrupted", crashes: 0 });
});

test("a task planned for another source ends as configuration_changed and does not hold the others up", async () => {
  const run = await runningTask(bench, "2024-01-02", "2024-01-02");
  await run.lease.interrupt(run.taskId, run.epoch);
  const other = bench.instance({ fingerprint: "sample|XSHG|daily_stock_data" });
  expect(await other.lease.claimNext()).toBeNull();
  expect(await task()).toMatchObject({
    status: "failed",
    error: {
      code: "configuration_changed",
      params: { planned: "files · XSHG · daily_stock_data", here: "sample · XSHG · daily_stock_data" },
    },
  });
  expect(await other.lease.claimNew(newTask("2024-01-02", "2024-01-02"))).toMatchObject({ kind: "claimed" });
});

test("a task of another configuration that comes in the middle of a claim is not claimed either", async () => {
  // Resumed by somebody between the statement that fails such tasks and the one that takes the next.
  await bench.ask(`CREATE FUNCTION resumed_just_now() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO sync_task (task_id, task_type, status, start_date, end_date, total_days, options, source, fingerprint)
    VALUES ('late', 'web_batch', 'queued', '2024-02-01', '2024-02-01', 1, '{}', 'files', 'files|XNYS|daily_stock_data');
    RETURN NULL; END $$`);
  await bench.ask(`CREATE TRIGGER resumed_just_now AFTER UPDATE ON sync_task FOR EACH STATEMENT
    WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION resumed_just_now()`);
  try {
    expect(await bench.instance().lease.claimNext()).toBeNull();
  } finally {
    await bench.ask("DROP TRIGGER resumed_just_now ON sync_task");
    await bench.ask("DROP FUNCTION resumed_just_now");
  }
  expect(await bench.ask("SELECT task_id, status FROM sync_task")).toEqual([{ task_id: "late", status: "queued" }]);
});
