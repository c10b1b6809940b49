import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { DatabaseAwayError } from "@/server/sync/errors";
import { startPostgresProxy } from "../support/postgres-proxy";
import { type Bench, completed, never, openBench, rowsOf, runningTask, write } from "./fixture";

const DAY = "2024-01-02";
const MANY = 60_000;

let bench: Bench;
let proxy: Awaited<ReturnType<typeof startPostgresProxy>>;
beforeAll(async () => {
  bench = await openBench();
  proxy = await startPostgresProxy(bench.url);
});
afterEach(() => bench.reset());
afterAll(async () => {
  await bench.close();
  await proxy.close();
});

/** From here on a COPY of many rows stands in its middle, until it is let go. */
async function holdCopy(): Promise<() => Promise<void>> {
  await bench.ask("CREATE TABLE test_middle AS SELECT true AS held");
  await bench.ask(`CREATE FUNCTION test_hold_copy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    WHILE EXISTS (SELECT 1 FROM test_middle WHERE held) LOOP PERFORM pg_sleep(0.02); END LOOP; RETURN NEW; END $$`);
  await bench.ask(`CREATE TRIGGER test_hold_copy BEFORE INSERT ON daily_stock_data FOR EACH ROW
    WHEN (NEW.stock_code = '${600_000 + MANY / 2}') EXECUTE FUNCTION test_hold_copy()`);
  return async () => {
    await bench.ask("UPDATE test_middle SET held = false");
    await quiet();
    await bench.ask("DROP TRIGGER test_hold_copy ON daily_stock_data");
    await bench.ask("DROP FUNCTION test_hold_copy");
    await bench.ask("DROP TABLE test_middle");
  };
}
async function copyStands(): Promise<void> {
  const standing = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()";
  while ((await bench.ask(standing)).length === 0);
}

const attempts = () => bench.ask("SELECT attempt_id FROM sync_day");
const transactions = () =>
  bench.ask(
    "SELECT 1 FROM pg_stat_activity WHERE application_name LIKE 'dayfill:work:%' AND datname = current_database() AND xact_start IS NOT NULL",
  );
async function quiet(): Promise<void> {
  while ((await transactions()).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
}

test("an abort in the middle of the COPY leaves nothing, and the next day finds a usable connection", async () => {
  const run = await runningTask(bench, DAY, DAY);
  const letGo = await holdCopy();
  const abort = new AbortController();
  const storing = run.session.storeDay(run.taskId, write(DAY, rowsOf(DAY, MANY)), abort.signal);
  const ended = expect(storing).rejects.toThrow();
  await copyStands();
  abort.abort(new Error("cancelled"));
  await ended;
  await letGo();
  expect(await bench.codes(DAY)).toEqual([]);
  expect(await attempts()).toEqual([]);
  await run.session.storeDay(run.taskId, write(DAY, rowsOf(DAY, 2)), never);
  expect(await bench.codes(DAY)).toHaveLength(2);
});

test("a store that is aborted before it begins does not touch the day", async () => {
  const run = await runningTask(bench, DAY, DAY);
  await run.session.storeDay(run.taskId, write(DAY, rowsOf(DAY, 3)), never);
  const stored = run.session.storeDay(run.taskId, write(DAY, rowsOf(DAY, 1)), AbortSignal.abort(new Error("cancelled")));
  await expect(stored).rejects.toThrow();
  expect(await bench.codes(DAY)).toHaveLength(3);
});

test("a backend that dies in the middle of the COPY is a database that is away: the day is absent and can be done again", async () => {
  const run = await runningTask(bench, DAY, DAY);
  const letGo = await holdCopy();
  const storing = run.session.storeDay(run.taskId, write(DAY, rowsOf(DAY, MANY)), never);
  const ended = expect(storing).rejects.toBeInstanceOf(DatabaseAwayError);
  await copyStands();
  await bench.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_progress_copy WHERE datname = current_database()");
  await ended;
  await letGo();
  expect(await bench.codes(DAY)).toEqual([]);
  await run.session.storeDay(run.taskId, write(DAY, rowsOf(DAY, 2)), never);
  expect(await bench.codes(DAY)).toHaveLength(2);
});

test("an answer to COMMIT that got lost is looked up in the ledger: the day is done, and done once", async () => {
  const run = await runningTask(bench, DAY, DAY, { url: proxy.url });
  proxy.loseCommit("answer_lost");
  await run.session.storeDay(run.taskId, write(DAY, rowsOf(DAY, 3)), never);
  expect(proxy.commitsLost()).toBe(1);
  expect(await bench.codes(DAY)).toHaveLength(3);
  expect(await attempts()).toHaveLength(1);
});

test("a COMMIT that never arrived is found absent: the day is not done, and nothing of it is there", async () => {
  const run = await runningTask(bench, DAY, DAY, { url: proxy.url });
  const before = proxy.commitsLost();
  proxy.loseCommit("never_arrives");
  await expect(run.session.storeDay(run.taskId, write(DAY, rowsOf(DAY, 3)), never)).rejects.toBeInstanceOf(DatabaseAwayError);
  expect(proxy.commitsLost()).toBe(before + 1);
  await quiet();
  expect(await bench.codes(DAY)).toEqual([]);
  expect(await attempts()).toEqual([]);
});

test("while nobody can look the COMMIT up, the database counts as away: no verdict on the day", async () => {
  const run = await runningTask(bench, DAY, DAY, { url: proxy.url });
  proxy.loseCommit("answer_lost", { andStayAway: true });
  const stored = run.session.storeDay(run.taskId, write(DAY, rowsOf(DAY, 3)), never);
  await expect(stored).rejects.toBeInstanceOf(DatabaseAwayError);
  proxy.restore();
  // Done again, as the caller does: still once.
  await run.session.storeDay(run.taskId, write(DAY, rowsOf(DAY, 3)), never);
  expect(await bench.codes(DAY)).toHaveLength(3);
});

test("a session that is destroyed ends its stores at once and stores nothing", async () => {
  const run = await runningTask(bench, DAY, DAY);
  const letGo = await holdCopy();
  const storing = run.session.storeDay(run.taskId, write(DAY, rowsOf(DAY, MANY)), never);
  const ended = expect(storing).rejects.toThrow();
  await copyStands();
  run.session.destroy();
  await ended;
  await letGo();
  expect(await bench.codes(DAY)).toEqual([]);
});

test("the last words of a task do not need the lines of its work: those may be silent, and are cut in the end", async () => {
  const { session, taskId } = await runningTask(bench, DAY, DAY, { url: proxy.url });
  await session.wish(taskId);
  proxy.silence();
  expect((await session.finish(taskId, completed)).task.status).toBe("completed");
  await session.close();
  proxy.hangUpSilent();
});

test("a wish that is asked for on a silent line is no wish, and the next look finds another line", async () => {
  const { session, taskId } = await runningTask(bench, DAY, DAY, { url: proxy.url });
  await session.wish(taskId);
  proxy.silence();
  await expect(session.wish(taskId)).rejects.toBeInstanceOf(DatabaseAwayError);
  expect(await session.wish(taskId)).toEqual({ wish: "run", by: null });
  proxy.hangUpSilent();
});
