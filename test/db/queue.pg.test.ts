import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Claim } from "@/server/sync/lease-ports";
import type { NewTask } from "@/server/sync/task/task-record";
import { type Bench, completed, newTask, openBench, runningTask } from "./fixture";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterEach(() => bench.reset());
afterAll(() => bench.close());

type Here = Pick<ReturnType<Bench["instance"]>, "lease">;
const handOver = { ...completed, handOver: true };
const status = async (id: string) => (await bench.ask("SELECT status FROM sync_task WHERE task_id = $1", [id]))[0]?.["status"];

function idOf(claim: Claim): string {
  if (!("task" in claim)) throw new Error(`no task: ${JSON.stringify(claim)}`);
  return claim.task.task_id;
}
/** Puts a task behind the running one. */
const queued = async (me: Here, more: Partial<NewTask> = {}) =>
  idOf(await me.lease.claimNew(newTask("2024-01-03", "2024-01-03", { mayWait: true, ...more })));

describe("what runs next", () => {
  test("is the oldest of the highest priority, each handed over with the end of the one before", async () => {
    const run = await runningTask(bench, "2024-01-02", "2024-01-02");
    const other = bench.instance();
    const [low, old, young, high] = [
      await queued(run, { priority: 3 }),
      await queued(other),
      await queued(run),
      await queued(other, { priority: 9 }),
    ];
    const order: string[] = [];
    let [taskId, session] = [run.taskId, run.session];
    for (;;) {
      const { next } = await session.finish(taskId, handOver);
      if (!next) break;
      order.push(next.task_id);
      expect(await bench.ask("SELECT holder, task_id FROM sync_lease")).toEqual([{ holder: run.holder, task_id: next.task_id }]);
      taskId = next.task_id;
      session = run.openSession(next.epoch ?? 0);
    }
    expect(order).toEqual([high, old, young, low]);
    expect(await bench.ask("SELECT holder FROM sync_lease")).toEqual([{ holder: null }]);
  });

  test("is an interrupted task, then the resumed ones in the order of their resuming, then the queue", async () => {
    const run = await runningTask(bench, "2024-01-02", "2024-01-02");
    const [urgent, second, first] = [
      await queued(run, { priority: 9 }),
      await queued(run, { priority: 0 }),
      await queued(run, { priority: 1 }),
    ];
    await bench.ask("UPDATE sync_task SET status = 'paused' WHERE task_id = ANY ($1)", [[first, second]]);
    await run.commands.command(first, "resume", null);
    await run.commands.command(second, "resume", null);
    await run.lease.interrupt(run.taskId, run.epoch);
    const order: (string | undefined)[] = [];
    for (let turn = 0; turn < 4; turn += 1) {
      const taken = await run.lease.claimNext();
      order.push(taken?.task_id);
      await run.openSession(taken?.epoch ?? 0).finish(taken?.task_id ?? "", completed);
    }
    expect(order).toEqual([run.taskId, first, second, urgent]);
  });

  test("is nothing while what waits may not begin yet, and that task when its time has come", async () => {
    const run = await runningTask(bench, "2024-01-02", "2024-01-02");
    const early = await queued(run, { priority: 9 });
    await bench.ask("UPDATE sync_task SET not_before = clock_timestamp() + interval '1 hour' WHERE task_id = $1", [early]);
    expect((await run.session.finish(run.taskId, handOver)).next).toBeNull();
    expect(await run.lease.claimNext()).toBeNull();
    await bench.ask("UPDATE sync_task SET not_before = clock_timestamp() - interval '1 s' WHERE task_id = $1", [early]);
    expect(await run.lease.claimNext()).toMatchObject({ task_id: early, status: "running" });
    expect(await bench.ask("SELECT not_before FROM sync_task WHERE task_id = $1", [early])).toEqual([{ not_before: null }]);
  });

  test("is nothing while somebody runs, and one of two who ask at once gets it", async () => {
    const run = await runningTask(bench, "2024-01-02", "2024-01-02");
    const waiting = await queued(run);
    expect(await bench.instance().lease.claimNext()).toBeNull();
    await run.session.finish(run.taskId, completed);
    const takers = await Promise.all([1, 2, 3].map(() => bench.instance().lease.claimNext()));
    expect(takers.filter((taken) => taken !== null)).toMatchObject([{ task_id: waiting }]);
  });

  test("a task of another configuration is never run: it ends, and the others go on", async () => {
    const run = await runningTask(bench, "2024-01-02", "2024-01-02");
    const foreign = await queued(run, { fingerprint: "sample|XSHG|daily_stock_data", source: "sample", priority: 9 });
    const mine = await queued(run);
    expect((await run.session.finish(run.taskId, handOver)).next).toMatchObject({ task_id: mine });
    expect(await bench.ask("SELECT status, error FROM sync_task WHERE task_id = $1", [foreign])).toEqual([
      {
        status: "failed",
        error: {
          code: "configuration_changed",
          params: { planned: "sample · XSHG · daily_stock_data", here: "files · XSHG · daily_stock_data" },
        },
      },
    ]);
  });
});

describe("the hand-over", () => {
  test("is one transaction with the end: of many who wait for that moment nobody slips in between", async () => {
    const run = await runningTask(bench, "2024-01-02", "2024-01-02");
    const next = await queued(run);
    const others = Array.from({ length: 6 }, () => bench.instance());
    const over = new AbortController();
    const hunting = others.map(async ({ lease }) => {
      const seen: Claim[] = [];
      do seen.push(await lease.claimNew(newTask("2024-01-05", "2024-01-05")));
      while (!over.signal.aborted);
      return seen;
    });
    const done = await run.session.finish(run.taskId, handOver);
    over.abort();
    const claims = (await Promise.all(hunting)).flat();
    expect(done).toMatchObject({ task: { status: "completed" }, next: { task_id: next, epoch: run.epoch + 2 } });
    expect(new Set(claims.map((claim) => claim.kind))).toEqual(new Set(["busy"]));
    expect(claims.every((claim) => claim.kind === "busy" && [run.taskId, next].includes(claim.taskId))).toBe(true);
  });

  test("is left out by a server that stops: what waits stays for others", async () => {
    const run = await runningTask(bench, "2024-01-02", "2024-01-02");
    const waiting = await queued(run);
    expect((await run.session.finish(run.taskId, completed)).next).toBeNull();
    expect(await status(waiting)).toBe("queued");
  });

  test("does not give out what was cancelled or removed a moment before", async () => {
    const run = await runningTask(bench, "2024-01-02", "2024-01-02");
    const [one, two] = [await queued(run, { priority: 9 }), await queued(run, { priority: 8 })];
    await run.commands.command(one, "cancel", null);
    await run.commands.dequeue(two, null);
    expect((await run.session.finish(run.taskId, handOver)).next).toBeNull();
    expect([await status(one), await status(two)]).toEqual(["cancelled", "cancelled"]);
  });
});

describe("a place in the queue", () => {
  test("is refused when two hundred wait, and is there again when one has gone", async () => {
    const run = await runningTask(bench, "2024-01-02", "2024-01-02");
    const first = await queued(run);
    await bench.ask(
      `INSERT INTO sync_task (task_id, task_type, status, start_date, end_date, total_days, options, source, fingerprint)
       SELECT 'q' || n, 'web_batch', 'queued', '2024-01-02', '2024-01-02', 1, '{}', 'files', 'x' FROM generate_series(1, 199) n`,
    );
    const wanted = newTask("2024-01-04", "2024-01-04", { mayWait: true });
    expect(await run.lease.claimNew(wanted)).toEqual({ kind: "queue_full" });
    await run.commands.dequeue(first, null);
    expect(await run.lease.claimNew(wanted)).toMatchObject({
      kind: "queued",
      task: { status: "queued", epoch: null, holder: null },
    });
  });

  test("is not needed where nothing runs", async () => {
    const { lease } = bench.instance();
    expect(await lease.claimNew(newTask("2024-01-04", "2024-01-04", { mayWait: true }))).toMatchObject({ kind: "claimed" });
  });

  test("is given twice to the same range: two people asked", async () => {
    const run = await runningTask(bench, "2024-01-02", "2024-01-02");
    const ids = await Promise.all([queued(run), queued(run), queued(run)]);
    expect(new Set(ids).size).toBe(3);
  });
});

describe("an Idempotency-Key", () => {
  const keyed = (key: string, requestHash: string, more: Partial<NewTask> = {}) =>
    newTask("2024-01-04", "2024-01-04", { idempotency: { key, requestHash }, ...more });

  test("stands for its task for 24 hours, running or over, on every instance; another request under it is refused", async () => {
    const me = bench.instance();
    const id = idOf(await me.lease.claimNew(keyed("k", "h")));
    const other = bench.instance().lease;
    expect(await other.claimNew(keyed("k", "h"))).toMatchObject({ kind: "replayed", task: { task_id: id, status: "running" } });
    expect(await other.claimNew(keyed("k", "else"))).toEqual({ kind: "key_reused" });
    await me.session(1).finish(id, completed);
    expect(await other.claimNew(keyed("k", "h"))).toMatchObject({ kind: "replayed", task: { task_id: id, status: "completed" } });
    await bench.ask("UPDATE sync_task SET created_at = created_at - interval '23 hours 59 minutes'");
    expect(await other.claimNew(keyed("k", "h"))).toMatchObject({ kind: "replayed" });
    await bench.ask("UPDATE sync_task SET created_at = created_at - interval '2 minutes'");
    const fresh = { start_date: "2024-01-05", end_date: "2024-01-05" } as const;
    expect(await other.claimNew(keyed("k", "else", fresh))).toMatchObject({ kind: "claimed" });
  });

  test("sent fifty times in parallel makes one task", async () => {
    const stores = [bench.instance().lease, bench.instance().lease];
    const claims = await Promise.all(
      Array.from({ length: 50 }, (_, n) => stores[n % 2]!.claimNew(keyed("k", "h", { mayWait: true }))),
    );
    expect(claims.filter((claim) => claim.kind === "claimed")).toHaveLength(1);
    expect(claims.filter((claim) => claim.kind === "replayed")).toHaveLength(49);
    expect(new Set(claims.map(idOf)).size).toBe(1);
  });

  test("of a refused start is free: the same request may come again", async () => {
    const run = await runningTask(bench, "2024-01-02", "2024-01-02");
    expect(await run.lease.claimNew(keyed("k", "h"))).toMatchObject({ kind: "busy" });
    await run.session.finish(run.taskId, completed);
    expect(await run.lease.claimNew(keyed("k", "h"))).toMatchObject({ kind: "claimed" });
  });
});
