import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createMembership } from "@/server/db/instances";
import { createReads } from "@/server/db/reads";
import { RivalError } from "@/server/sync/instances/membership";
import type { Instance } from "@/server/sync/asked/reads";
import { type Bench, FINGERPRINT, newTask, openBench, runningTask } from "../db/fixture";
import { type App, startApp } from "../support/app";

const OTHER = "sample|XNYS|daily_stock_data";
const TTL_MS = 15_000;

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterEach(() => bench.reset());
afterAll(() => bench.close());

function anInstance(fingerprint: string, name = "a:1", id: string = randomUUID()) {
  const me: Instance = { id, name, address: "127.0.0.1:1", version: "1", fingerprint };
  const reads = createReads(bench.pool, TTL_MS);
  return {
    me,
    ...createMembership(bench.pool, me, TTL_MS),
    beat: async (watching = 0) => reads.snapshot(me, watching),
  };
}
const unseenFor = (seconds: number, id: string) =>
  bench.ask(`UPDATE sync_instance SET seen_at = clock_timestamp() - interval '${seconds} seconds' WHERE id = $1`, [id]);
const names = async () =>
  (await bench.ask<{ name: string }>("SELECT name FROM sync_instance ORDER BY name")).map(({ name }) => name);

describe("joining", () => {
  test("instances of one configuration join side by side", async () => {
    for (const name of ["a:1", "b:2"]) expect((await anInstance(FINGERPRINT, name).join()).rivals).toEqual([]);
    expect(await names()).toEqual(["a:1", "b:2"]);
  });
  test("one of another configuration is told who is there, and is not on the list", async () => {
    await anInstance(FINGERPRINT).join();
    const { rivals, nowMs } = await anInstance(OTHER, "b:2").join();
    expect(rivals).toMatchObject([{ name: "a:1", address: "127.0.0.1:1", fingerprint: FINGERPRINT }]);
    expect(Math.abs(nowMs - (rivals[0]?.seenMs ?? 0))).toBeLessThan(10_000);
    expect(await names()).toEqual(["a:1"]);
  });
  test.each([1, 2, 3])("of many that join at once with two configurations, those of one get in (round %i)", async () => {
    const all = Array.from({ length: 12 }, (_, index) => anInstance(index % 2 ? FINGERPRINT : OTHER, `i:${index}`));
    const results = await Promise.all(all.map((one) => one.join()));
    const inside = all.filter((_, index) => results[index]?.rivals.length === 0);
    expect(new Set(inside.map(({ me }) => me.fingerprint)).size).toBe(1);
    expect(inside).toHaveLength(6);
  });
  test("who left keeps nobody out", async () => {
    const one = anInstance(FINGERPRINT);
    await one.join();
    await one.leave();
    expect((await anInstance(OTHER).join()).rivals).toEqual([]);
  });
  test("who was not seen for a lease's life keeps nobody out, unless it holds the lease", async () => {
    const run = await runningTask(bench, "2024-01-02", "2024-01-02");
    const holder = anInstance(FINGERPRINT, "holder:1", run.holder);
    await holder.join();
    await unseenFor(16, holder.me.id);
    expect((await anInstance(OTHER).join()).rivals).toMatchObject([{ name: "holder:1" }]);
    await bench.expire();
    expect((await anInstance(OTHER).join()).rivals).toEqual([]);
  });
});

describe("an instance that was away longer than it counts", () => {
  test("comes back where nobody of another configuration came", async () => {
    const one = anInstance(FINGERPRINT);
    await one.join();
    await unseenFor(60, one.me.id);
    expect(await one.beat()).toMatchObject({ rivals: [], instances: [{ name: "a:1" }] });
  });
  test("stays out where another configuration came, claims nothing, ends nobody's task, and is back when that one leaves", async () => {
    const claimer = bench.instance();
    const one = anInstance(FINGERPRINT, "old:1", claimer.holder);
    await one.join();
    await unseenFor(60, one.me.id);
    const newcomer = anInstance(OTHER, "new:2");
    expect((await newcomer.join()).rivals).toEqual([]);
    const theirs = bench.instance({ fingerprint: OTHER });
    const claim = await theirs.lease.claimNew(newTask("2024-01-02", "2024-01-02", { fingerprint: OTHER }));
    if (claim.kind !== "claimed") throw new Error(claim.kind);
    await theirs.lease.interrupt(claim.task.task_id, claim.task.epoch!);

    expect((await one.beat()).rivals).toMatchObject([{ name: "new:2" }]);
    for (const attempt of [
      () => claimer.lease.claimNew(newTask("2024-01-03", "2024-01-03")),
      () => claimer.lease.claimNext(),
      () => claimer.lease.forAMoment(async () => true),
    ])
      await expect(attempt()).rejects.toThrow(RivalError);
    expect((await newcomer.beat()).rivals).toEqual([]);
    expect(await bench.ask("SELECT status FROM sync_task")).toEqual([{ status: "interrupted" }]);
    expect(await theirs.lease.claimNext()).toMatchObject({ task_id: claim.task.task_id });
    const task = { status: "completed" as const, error: null, rejudged: [], handOver: true };
    await theirs.session(3).finish(claim.task.task_id, task);

    await newcomer.leave();
    expect((await one.beat()).rivals).toEqual([]);
    expect(await claimer.lease.claimNew(newTask("2024-01-03", "2024-01-03"))).toMatchObject({ kind: "claimed" });
  });
});

describe("the state of the instances", () => {
  test("counts the watchers of all, and forgets who was not seen for a lease's life with its watchers", async () => {
    const [one, two] = [anInstance(FINGERPRINT), anInstance(FINGERPRINT, "b:2")];
    for (const each of [one, two]) await each.join();
    await two.beat(3);
    expect(await one.beat(2)).toMatchObject({ watchingElsewhere: 3, instances: [{ name: "a:1" }, { name: "b:2" }] });
    await unseenFor(16, two.me.id);
    expect(await one.beat(2)).toMatchObject({ watchingElsewhere: 0, instances: [{ name: "a:1" }] });
  });
  test("tells of all that was done under the lease by any instance, also of what left no task behind", async () => {
    const one = anInstance(FINGERPRINT);
    const elsewhere = bench.instance().lease;
    const seen = [(await one.beat()).epoch ?? 0];
    const look = async () => void seen.push((await one.beat()).epoch ?? 0);
    await elsewhere.forAMoment(async () => "a day was recounted");
    await look();
    const hold = await elsewhere.holdForTest();
    await look();
    if (hold.kind === "held") await elsewhere.giveBack(hold.epoch);
    await look();
    await runningTask(bench, "2024-01-02", "2024-01-02");
    await look();
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
    expect(seen).toHaveLength(5);
  });
  test("tells how long the lease still runs, and when nobody holds it", async () => {
    const one = anInstance(FINGERPRINT);
    expect((await one.beat()).leaseLeftMs).toBeNull();
    await runningTask(bench, "2024-01-02", "2024-01-02", { ttlMs: 60_000 });
    const { leaseLeftMs } = await one.beat();
    expect(leaseLeftMs).toBeGreaterThan(30_000);
    expect(leaseLeftMs).toBeLessThanOrEqual(60_000);
    await bench.expire();
    expect((await one.beat()).leaseLeftMs).toBeLessThanOrEqual(0);
  });
});

describe("a running server that meets another configuration", () => {
  let app: App;
  afterEach(() => app.stop());

  test("refuses starts with a sentence, is not ready, logs it once, and goes on when the other one is gone", async () => {
    app = await startApp();
    await app.ask("UPDATE sync_instance SET seen_at = clock_timestamp() - interval '1 minute'");
    await app.ask(`INSERT INTO sync_instance (id, name, address, version, fingerprint, seen_at)
      VALUES (gen_random_uuid(), 'there:9', '10.0.0.9:8000', '1', '${OTHER}', clock_timestamp() + interval '1 hour')`);
    const refused = await app.api("/sync/batch", { body: { start_date: "2024-01-02", end_date: "2024-01-02" } });
    expect(refused).toMatchObject({ status: 503, body: { code: "configuration_differs", params: { name: "there:9" } } });
    expect(refused.body.message).toContain("CALENDAR (XSHG here, XNYS there)");
    expect(refused.headers.get("retry-after")).toBe("5");
    await expect.poll(async () => (await app.api("/readyz")).status).toBe(503);
    const errors = app.log.lines.filter(({ level }) => level === "error");
    expect(errors.map(({ message }) => message)).toEqual([expect.stringContaining("there:9 (10.0.0.9:8000")]);
    expect(app.composition.state().instances.map(({ name }) => name)).toEqual(["there:9"]);

    await app.ask("DELETE FROM sync_instance WHERE name = 'there:9'");
    await expect.poll(async () => (await app.api("/readyz")).status).toBe(200);
    expect(await app.sync("2024-01-02", "2024-01-02")).toMatchObject({ status: "completed" });
  });

  test("a task that waited for another configuration ends, and every reader is told why in words", async () => {
    app = await startApp({ env: { SAMPLE_DAY_MS: "3600000" } });
    const first = await app.start("2024-01-02", "2024-01-02");
    const waiting = await app.start("2024-01-03", "2024-01-03", { if_busy: "queue" });
    await app.ask(`UPDATE sync_task SET fingerprint = '${OTHER}' WHERE task_id = '${waiting}'`);
    await app.api(`/sync/batch/${first}/cancel`, { method: "POST" });
    await app.settle(waiting);
    const english = await app.api<{ status: string; error: { code: string } }>(`/tasks/${waiting}`, {
      headers: { "Accept-Language": "en" },
    });
    expect(english.body.data).toMatchObject({
      status: "failed",
      error: { code: "configuration_changed", params: { planned: "sample · XNYS · daily_stock_data" } },
      message: expect.stringContaining("planned for another configuration (sample · XNYS · daily_stock_data)"),
    });
    const chinese = await app.api<{ message: string }>(`/tasks/${waiting}`);
    expect(chinese.body.data.message).toContain("另一套配置（sample · XNYS · daily_stock_data）");
  });

  test("that stops takes itself off the list", async () => {
    app = await startApp();
    expect(await app.ask("SELECT 1 FROM sync_instance")).toHaveLength(1);
    await app.composition.stopWork();
    expect(await app.ask("SELECT 1 FROM sync_instance")).toEqual([]);
  });
});
