import { describe, expect, test } from "vitest";
import type { Day } from "@/lib/contract/day";
import { SourceError } from "@/server/sync/errors";
import { aStart } from "../support/builders";
import { aGate, createFakeSource, hangingOn, rowsAnswer, untilAborted } from "../support/fakes";
import { aHouse, startedId } from "./manager-bench";

/** A source that answers for one day only when the gate opens. */
function gatedOn(day: Day) {
  const gate = aGate();
  const source = createFakeSource(async (asked) => {
    if (asked === day) await gate.promise;
    return rowsAnswer(asked);
  });
  return { gate, source };
}
const THREE = ["2024-02-23", "2024-02-26", "2024-02-27"];

describe("a cancel", () => {
  test("while a day is fetched is final at once: the fetch ends, finished days stay, the lease is free", async () => {
    const { clock, database, anInstance } = aHouse();
    const { manager } = anInstance("one", { source: hangingOn("2024-02-28") });
    const id = startedId(await manager.start(aStart()));
    await clock.advance(1_000);
    expect(await manager.command(id, "cancel", "ann")).toMatchObject({ kind: "done", task: { status: "cancelling" } });
    await clock.advance(0);
    expect(database.tasks.get(id)).toMatchObject({ status: "cancelled", success: 3, error: null });
    expect([...database.ledger.keys()]).toEqual(THREE);
    expect(database.lease.holder).toBeNull();
    expect(manager.current()).toBeNull();
    expect([database.sessions.open, clock.sleeping()]).toEqual([0, 0]);
  });
  test("while a day is stored rolls that day back", async () => {
    const { clock, database, anInstance } = aHouse();
    database.faults.before = (call, { date, signal }) =>
      call === "storeDay" && date === "2024-02-28" && signal ? untilAborted(signal) : undefined;
    const { manager } = anInstance();
    const id = startedId(await manager.start(aStart()));
    await clock.advance(1_000);
    await manager.command(id, "cancel", null);
    await clock.advance(0);
    expect(database.tasks.get(id)).toMatchObject({ status: "cancelled", success: 3 });
    expect([...database.ledger.keys()]).toEqual(THREE);
    expect(database.outcomes(id)).toContain("2024-02-28 pending");
  });
  test("while a day is being tried again does not wait for the next try", async () => {
    const { clock, database, anInstance } = aHouse();
    const source = createFakeSource((day) => {
      if (day === "2024-02-28") throw new SourceError("broken", { kind: "unreadable", detail: "gone" });
      return rowsAnswer(day);
    });
    const { manager } = anInstance("one", { source });
    const id = startedId(await manager.start(aStart()));
    await clock.advance(500);
    expect(source.asked.at(-1)).toBe("2024-02-28");
    await manager.command(id, "cancel", null);
    await clock.advance(0);
    expect(database.tasks.get(id)).toMatchObject({ status: "cancelled", success: 3, failed: 0 });
  });
  test("that comes with the last commit is told truthfully: the task completed", async () => {
    const { clock, database, anInstance, untilTaskIs } = aHouse();
    const gate = aGate();
    database.faults.before = (call) => (call === "finish" ? gate.promise : undefined);
    const { manager } = anInstance();
    const id = startedId(await manager.start(aStart()));
    await clock.advance(2_000);
    expect(await manager.command(id, "cancel", null)).toMatchObject({ kind: "done" });
    gate.open();
    await untilTaskIs("completed", id);
    expect(database.tasks.get(id)).toMatchObject({ success: 6, skipped: 2 });
  });
  test("while the database is away has its last words as soon as it answers", async () => {
    const { clock, database, anInstance, untilTaskIs } = aHouse();
    const { manager } = anInstance("one", { source: hangingOn("2024-02-28") });
    const id = startedId(await manager.start(aStart()));
    await clock.advance(1_000);
    await manager.command(id, "cancel", null);
    database.setAway(true);
    await clock.advance(3_000);
    database.setAway(false);
    await untilTaskIs("cancelled", id);
    expect(database.lease.holder).toBeNull();
  });
  test("in the same moment as a stop of the server is a cancel", async () => {
    const { clock, database, anInstance } = aHouse();
    const { manager } = anInstance("one", { source: hangingOn("2024-02-28") });
    const id = startedId(await manager.start(aStart()));
    await clock.advance(1_000);
    await manager.command(id, "cancel", null);
    await clock.drive(manager.stop());
    expect(database.tasks.get(id)?.status).toBe("cancelled");
    expect(database.lease.holder).toBeNull();
  });
});

describe("a pause", () => {
  test("waits for the day in work, asks for no further one, and lets the lease go", async () => {
    const { clock, database, anInstance } = aHouse();
    const { gate, source } = gatedOn("2024-02-27");
    const { manager } = anInstance("one", { source });
    const id = startedId(await manager.start(aStart()));
    await clock.advance(1_000);
    expect(await manager.command(id, "pause", "ann")).toMatchObject({ kind: "done", task: { status: "pausing" } });
    await clock.advance(60_000);
    expect(database.tasks.get(id)).toMatchObject({ status: "pausing", paused_by: "ann" });
    expect(manager.current()).toMatchObject({ status: "pausing", paused_by: "ann", pause_reason: "person" });
    gate.open();
    await clock.advance(100);
    expect(database.tasks.get(id)).toMatchObject({ status: "paused", success: 3, finished_ms: null });
    expect(source.asked.at(-1)).toBe("2024-02-27");
    expect(database.lease.holder).toBeNull();
    expect(manager.current()).toBeNull();
  });
  test("is over with a cancel: the day in work is rolled back all the same", async () => {
    const { clock, database, anInstance } = aHouse();
    const { manager } = anInstance("one", { source: hangingOn("2024-02-27") });
    const id = startedId(await manager.start(aStart()));
    await clock.advance(1_000);
    await manager.command(id, "pause", null);
    await clock.advance(3_000);
    await manager.command(id, "cancel", null);
    await clock.advance(0);
    expect(database.tasks.get(id)).toMatchObject({ status: "cancelled", success: 2 });
  });
  test("of a task whose last day is in work ends completed", async () => {
    const { clock, database, anInstance, untilTaskIs } = aHouse();
    const { gate, source } = gatedOn("2024-03-01");
    const { manager } = anInstance("one", { source });
    const id = startedId(await manager.start(aStart()));
    await clock.advance(1_000);
    await manager.command(id, "pause", null);
    gate.open();
    await untilTaskIs("completed", id);
    expect(database.tasks.get(id)).toMatchObject({ success: 6 });
  });
  test("lets another task start, and stays over a restart", async () => {
    const { clock, database, anInstance, untilTaskIs } = aHouse();
    const { gate, source } = gatedOn("2024-02-27");
    const one = anInstance("one", { source });
    const id = startedId(await one.manager.start(aStart()));
    await clock.advance(500);
    await one.manager.command(id, "pause", null);
    gate.open();
    await untilTaskIs("paused", id);
    await clock.drive(one.manager.stop());
    const two = anInstance("two");
    await two.manager.dispatch();
    expect(two.manager.current()).toBeNull();
    await untilTaskIs(
      "completed",
      startedId(await two.manager.start(aStart({ start_date: "2024-03-04", end_date: "2024-03-04" }))),
    );
    await two.manager.dispatch();
    expect(database.tasks.get(id)?.status).toBe("paused");
  });
});

describe("a resume", () => {
  test("goes on at the first unfinished day with the plan it had, at once", async () => {
    const { clock, database, anInstance, untilTaskIs } = aHouse();
    const { gate, source } = gatedOn("2024-02-27");
    const { manager } = anInstance("one", { source });
    const id = startedId(await manager.start(aStart()));
    await clock.advance(500);
    await manager.command(id, "pause", null);
    gate.open();
    await untilTaskIs("paused", id);
    expect(await manager.command(id, "resume", "bob")).toMatchObject({
      kind: "done",
      task: { status: "queued", paused_by: null },
    });
    await untilTaskIs("completed", id);
    expect(source.asked.filter((day) => day === "2024-02-27")).toHaveLength(1);
    expect(database.tasks.get(id)).toMatchObject({ success: 6, skipped: 2 });
    expect(database.writes).toHaveLength(6);
  });
  test("goes to the front of the queue, whatever the priorities", async () => {
    const { clock, database, anInstance, untilTaskIs } = aHouse();
    const gates = new Map(["2024-02-26", "2024-03-04"].map((day) => [day, aGate()]));
    const source = createFakeSource(async (day) => {
      await gates.get(day)?.promise;
      return rowsAnswer(day);
    });
    const { manager } = anInstance("one", { source });
    const id = startedId(await manager.start(aStart()));
    await clock.advance(500);
    const urgent = await manager.start(
      aStart({ if_busy: "queue", priority: 9, start_date: "2024-03-04", end_date: "2024-03-04" }),
    );
    const other = await manager.start(
      aStart({ if_busy: "queue", priority: 9, start_date: "2024-03-01", end_date: "2024-03-01" }),
    );
    expect([urgent.kind, other.kind]).toEqual(["queued", "queued"]);
    await manager.command(id, "pause", null);
    gates.get("2024-02-26")?.open();
    await untilTaskIs("running", "task" in urgent ? urgent.task.task_id : "");
    await manager.command(id, "resume", null);
    gates.get("2024-03-04")?.open();
    await untilTaskIs("completed", "task" in other ? other.task.task_id : "");
    const epochs = [...database.tasks.values()].map((task) => [task.task_id, task.epoch]);
    const order = epochs.toSorted((a, b) => Number(a[1]) - Number(b[1])).map(([task]) => task);
    expect(order).toEqual(["task" in urgent ? urgent.task.task_id : "", id, "task" in other ? other.task.task_id : ""]);
  });
});
