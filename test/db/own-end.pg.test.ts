import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { LeaseLostError } from "@/server/sync/errors";
import { type Bench, completed, newTask, openBench, runningTask } from "./fixture";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterEach(() => bench.reset());
afterAll(() => bench.close());

const DAY = "2024-01-02";
const leaseRow = async () =>
  (await bench.ask("SELECT holder IS NOT NULL AS held, task_id, epoch::int AS epoch FROM sync_lease"))[0];

describe("an end whose answer got lost and that is asked for once more", () => {
  test("tells the same end, and changes nothing", async () => {
    const { session, taskId } = await runningTask(bench, DAY, DAY);
    const first = await session.finish(taskId, completed);
    const lease = await leaseRow();
    expect(await session.finish(taskId, completed)).toEqual(first);
    expect(await leaseRow()).toEqual(lease);
  });

  test("tells the task that was handed over too, so that it does not wait for a lease to run out", async () => {
    const { session, taskId, lease } = await runningTask(bench, DAY, DAY);
    const waiting = await lease.claimNew(newTask("2024-02-01", "2024-02-01", { mayWait: true }));
    expect(waiting.kind).toBe("queued");
    const first = await session.finish(taskId, { ...completed, handOver: true });
    expect(first.next).toMatchObject({ status: "running", start_date: "2024-02-01" });
    expect(await session.finish(taskId, { ...completed, handOver: true })).toEqual(first);
    expect(await leaseRow()).toMatchObject({ held: true, task_id: first.next?.task_id, epoch: first.next?.epoch });
  });

  test("hands over nothing that another instance took meanwhile", async () => {
    const { session, taskId, lease } = await runningTask(bench, DAY, DAY);
    await lease.claimNew(newTask("2024-02-01", "2024-02-01", { mayWait: true }));
    await session.finish(taskId, { ...completed, handOver: true });
    await bench.ask("UPDATE sync_lease SET expires_at = clock_timestamp() - interval '1 second'");
    expect(await bench.instance({ name: "there:2" }).lease.claimNext()).toMatchObject({ start_date: "2024-02-01" });
    expect(await session.finish(taskId, { ...completed, handOver: true })).toMatchObject({
      task: { task_id: taskId },
      next: null,
    });
  });

  test("is still refused where another instance took the task itself", async () => {
    const { session, taskId } = await runningTask(bench, DAY, DAY);
    await bench.ask("UPDATE sync_lease SET expires_at = clock_timestamp() - interval '1 second'");
    const other = bench.instance({ name: "there:2" });
    expect(await other.lease.claimNext()).toMatchObject({ task_id: taskId });
    await expect(session.finish(taskId, completed)).rejects.toThrow(LeaseLostError);
    expect(await bench.ask("SELECT status, holder FROM sync_task")).toEqual([{ status: "running", holder: "there:2" }]);
  });
});
