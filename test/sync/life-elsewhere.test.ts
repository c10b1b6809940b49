import { describe, expect, test } from "vitest";
import { DatabaseAwayError } from "@/server/sync/errors";
import type { StartRequest } from "@/server/sync/task/start-request";
import { aStart } from "../support/builders";
import { aGate, createFakeSource, hangingOn, rowsAnswer } from "../support/fakes";
import { aHouse, startedId } from "./manager-bench";

const waiting = (over: Partial<StartRequest> = {}) =>
  aStart({ if_busy: "queue", start_date: "2024-03-04", end_date: "2024-03-04", ...over });

describe("a command given on another instance", () => {
  test.each([
    ["cancel", "cancelled"],
    ["pause", "paused"],
  ] as const)("%s: the holder sees it within a second, and it ends %s", async (command, status) => {
    const { clock, database, anInstance } = aHouse();
    const { promise, open } = aGate();
    const source = createFakeSource(async (day) => {
      if (day === "2024-02-27") await promise;
      return rowsAnswer(day);
    });
    const one = anInstance("one", command === "pause" ? { source } : { source: hangingOn("2024-02-27") });
    const two = anInstance("two");
    const id = startedId(await one.manager.start(aStart()));
    await clock.advance(500);
    expect(await two.manager.command(id, command, "bob")).toMatchObject({ kind: "done" });
    await clock.advance(1_000);
    open();
    await clock.advance(100);
    expect(database.tasks.get(id)?.status).toBe(status);
    expect(database.lease.holder).toBeNull();
  });
  test("arrives although a look failed", async () => {
    const { clock, database, anInstance } = aHouse();
    const one = anInstance("one", { source: hangingOn("2024-02-27") });
    const id = startedId(await one.manager.start(aStart()));
    let looks = 0;
    database.faults.before = (call) => {
      if (call === "wish" && ++looks === 1) throw new DatabaseAwayError("gone");
    };
    await anInstance("two").manager.command(id, "cancel", null);
    await clock.advance(2_100);
    expect(looks).toBe(2);
    expect(database.tasks.get(id)?.status).toBe("cancelled");
  });
  test.each([
    ["cancel", "cancelled"],
    ["pause", "paused"],
  ] as const)("%s: comes true where the holder died before it could heed it", async (command, status) => {
    const { clock, database, anInstance } = aHouse();
    const one = anInstance("one", { source: hangingOn("2024-02-27") });
    const two = anInstance("two");
    const id = startedId(await one.manager.start(aStart()));
    await clock.advance(500);
    // The process of `one` is gone: nobody renews, nobody looks.
    database.faults.before = (call) => (call === "wish" || call === "renew" ? new Promise(() => {}) : undefined);
    await two.manager.command(id, command, null);
    database.lease.expiresMs = 0;
    await two.manager.dispatch();
    expect(database.tasks.get(id)).toMatchObject({ status, takeovers: 1 });
    expect(two.manager.current()).toBeNull();
    await clock.advance(20_000);
    expect(database.tasks.get(id)?.status).toBe(status);
  });
});

describe("the queue", () => {
  test("is handed over with the end of the task before it: no claim in between", async () => {
    const { clock, database, anInstance, untilTaskIs } = aHouse();
    const gates = new Map(["2024-03-01", "2024-03-04"].map((day) => [day, aGate()]));
    const source = createFakeSource(async (day) => {
      await gates.get(day)?.promise;
      return rowsAnswer(day);
    });
    const one = anInstance("one", { source });
    const first = startedId(await one.manager.start(aStart()));
    await clock.advance(500);
    const queued = await one.manager.start(waiting());
    expect(queued).toMatchObject({ kind: "queued", task: { status: "queued" } });
    database.calls.length = 0;
    gates.get("2024-03-01")?.open();
    await untilTaskIs("completed", first);
    expect(await anInstance("two").manager.start(aStart())).toMatchObject({ kind: "busy", task: { start_date: "2024-03-04" } });
    gates.get("2024-03-04")?.open();
    await untilTaskIs("completed", "task" in queued ? queued.task.task_id : "");
    expect(database.calls.filter((call) => call === "claimNext")).toEqual([]);
    expect(one.manager.current()).toBeNull();
  });
  test("runs by priority, then by age; a changed priority counts, a removed task never runs", async () => {
    const { clock, database, anInstance, untilTaskIs } = aHouse();
    const { manager } = anInstance("one", { source: hangingOn("2024-02-26") });
    const first = startedId(await manager.start(aStart()));
    await clock.advance(100);
    const ids: string[] = [];
    for (const priority of [3, 5, 5, 9, 0]) {
      const result = await manager.start(waiting({ priority }));
      if (result.kind === "queued") ids.push(result.task.task_id);
    }
    const [low, old, young, gone, last] = ids as [string, string, string, string, string];
    await manager.dequeue(gone, null);
    await manager.reprioritise(last, 8, null);
    expect(await manager.dequeue(first, null)).toMatchObject({ kind: "illegal" });
    expect(await manager.reprioritise("nobody", 1, null)).toEqual({ kind: "unknown" });
    await manager.command(first, "cancel", null);
    await untilTaskIs("completed", low);
    const ran = [...database.tasks.values()].filter((task) => task.status === "completed");
    expect(ran.toSorted((a, b) => Number(a.epoch) - Number(b.epoch)).map((task) => task.task_id)).toEqual([
      last,
      old,
      young,
      low,
    ]);
    expect(database.tasks.get(gone)).toMatchObject({ status: "cancelled", epoch: null });
  });
  test("is left to the others when the server stops, and the interrupted task comes before it", async () => {
    const { clock, database, anInstance, untilTaskIs } = aHouse();
    const one = anInstance("one", { source: hangingOn("2024-02-27") });
    const first = startedId(await one.manager.start(aStart()));
    await clock.advance(500);
    const queued = await one.manager.start(waiting());
    await clock.drive(one.manager.stop());
    expect([...database.tasks.values()].map((task) => task.status)).toEqual(["interrupted", "queued"]);
    const two = anInstance("two");
    await two.manager.dispatch();
    await untilTaskIs("completed", "task" in queued ? queued.task.task_id : "");
    expect(database.tasks.get(first)).toMatchObject({ status: "completed", holder: "two" });
  });
  test("a stop that meets the hand-over leaves the task that was handed over interrupted, and nothing runs on", async () => {
    const { clock, database, anInstance } = aHouse();
    const [lastDay, end] = [aGate(), aGate()];
    database.faults.before = (call) => (call === "finish" ? end.promise : undefined);
    const source = createFakeSource(async (day) => {
      if (day === "2024-03-01") await lastDay.promise;
      return rowsAnswer(day);
    });
    const { manager } = anInstance("one", { source });
    await manager.start(aStart());
    await clock.advance(500);
    const queued = await manager.start(waiting());
    lastDay.open();
    await clock.advance(1_000);
    expect(database.calls).toContain("finish");
    const stopped = manager.stop();
    await clock.advance(0);
    end.open();
    await clock.drive(stopped);
    expect(queued.kind).toBe("queued");
    expect([...database.tasks.values()].map((task) => task.status)).toEqual(["completed", "interrupted"]);
    expect(database.lease.holder).toBeNull();
    expect([database.sessions.open, clock.sleeping()]).toEqual([0, 0]);
  });
  test("a start that may wait and meets a stop leaves no run behind", async () => {
    const { clock, database, anInstance } = aHouse();
    const gate = aGate();
    const { manager } = anInstance("one", { source: hangingOn("2024-02-27") });
    const first = startedId(await manager.start(aStart()));
    await clock.advance(500);
    database.faults.before = (call) => (call === "claimNew" ? gate.promise : undefined);
    const start = manager.start(waiting());
    const stopped = manager.stop();
    // The task in the way is gone by the time the claim arrives.
    await clock.advance(0);
    Object.assign(database.tasks.get(first)!, { status: "cancelled" });
    Object.assign(database.lease, { holder: null });
    gate.open();
    await start;
    await clock.drive(stopped);
    expect(manager.current()).toBeNull();
    expect(database.sessions.open).toBe(0);
    expect([...database.tasks.values()].map((task) => task.status)).not.toContain("running");
  });
  test("a hand-over whose answer got lost is made up for once the lease ran out", async () => {
    const { clock, database, anInstance, untilTaskIs } = aHouse();
    let times = 0;
    database.faults.after = (call) => {
      if (call === "finish" && ++times === 1) throw new DatabaseAwayError("connection reset");
    };
    const gate = aGate();
    const source = createFakeSource(async (day) => {
      if (day === "2024-03-01") await gate.promise;
      return rowsAnswer(day);
    });
    const { manager } = anInstance("one", { source });
    await manager.start(aStart());
    await clock.advance(500);
    const queued = await manager.start(waiting());
    gate.open();
    await clock.advance(3_000);
    expect(manager.current()).toBeNull();
    for (let second = 0; second < 20; second += 2) {
      await clock.advance(2_000);
      await manager.dispatch();
    }
    await untilTaskIs("completed", "task" in queued ? queued.task.task_id : "");
    expect(database.lease.holder).toBeNull();
  });
});
