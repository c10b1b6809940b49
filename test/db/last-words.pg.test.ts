import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { DatabaseAwayError } from "@/server/sync/errors";
import { startPostgresProxy } from "../support/postgres-proxy";
import { type Bench, completed, never, openBench, rowsOf, runningTask, write } from "./fixture";

const [FIRST, SECOND] = ["2024-01-02", "2024-01-03"] as const;

/** The promise is 12 s; a line that nobody gives up would be waited for a quarter of an hour. */
const SLACK_MS = 10_000;

let bench: Bench;
let proxy: Awaited<ReturnType<typeof startPostgresProxy>>;
beforeAll(async () => {
  bench = await openBench();
  proxy = await startPostgresProxy(bench.url);
});
afterEach(async () => {
  proxy.restore();
  await bench.reset();
});
afterAll(async () => {
  await bench.close();
  await proxy.close();
});

const tasks = () => bench.ask("SELECT status, success, skipped, crashes, days_seq FROM sync_task ORDER BY ordinal");

test("a holder whose lease ran out without anybody taking over ends its task, days nobody was told of included", async () => {
  const run = await runningTask(bench, FIRST, SECOND, { skip: [SECOND] });
  await run.session.storeDay(run.taskId, write(FIRST, rowsOf(FIRST, 2)), never);
  await bench.expire();
  expect((await run.session.finish(run.taskId, completed)).task).toMatchObject({ status: "completed", success: 1, skipped: 1 });
  expect(await tasks()).toEqual([{ status: "completed", success: 1, skipped: 1, crashes: 0, days_seq: "1" }]);
});

test("a holder whose lease was taken over says nothing more", async () => {
  const run = await runningTask(bench, FIRST, FIRST);
  await run.session.storeDay(run.taskId, write(FIRST, rowsOf(FIRST, 2)), never);
  await bench.expire();
  expect(await bench.instance().lease.claimNext()).toMatchObject({ task_id: run.taskId });
  await expect(run.session.finish(run.taskId, completed)).rejects.toMatchObject({ name: "LeaseLostError" });
  expect(await tasks()).toMatchObject([{ status: "running" }]);
});

test("last words on a line that falls silent are given up within 12 s, hold no lock after that, and can be said again", async () => {
  const run = await runningTask(bench, FIRST, FIRST, { url: proxy.url });
  await run.session.storeDay(run.taskId, write(FIRST, rowsOf(FIRST, 2)), never);
  proxy.silenceAt("UPDATE sync_task_day SET days_seq");
  const begun = performance.now();
  await expect(run.session.finish(run.taskId, completed)).rejects.toBeInstanceOf(DatabaseAwayError);
  expect(performance.now() - begun).toBeLessThan(12_000 + SLACK_MS);
  // Its backend is gone with it, and with that the lease row is free.
  const lease = () => bench.ask("SELECT epoch FROM sync_lease FOR UPDATE SKIP LOCKED");
  await expect.poll(lease).toEqual([{ epoch: String(run.epoch) }]);
  expect((await run.session.finish(run.taskId, completed)).task.status).toBe("completed");
});
