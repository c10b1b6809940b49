import { describe, expect, test } from "vitest";
import { DatabaseAwayError } from "@/server/sync/errors";
import { aStart } from "../../support/builders";
import { createFakeSource, hangingOn, rowsAnswer } from "../../support/fakes";
import { aHouse, startedId } from "../manager-bench";

describe("the lease is free again", () => {
  test("after failed days, none of which stopped the task", async () => {
    const { database, anInstance, untilTaskIs } = aHouse();
    const source = createFakeSource((day) => (day < "2024-02-28" ? { kind: "nothing" } : rowsAnswer(day)));
    const id = startedId(await anInstance("one", { source }).manager.start(aStart()));
    await untilTaskIs("completed");
    expect(database.tasks.get(id)).toMatchObject({ success: 3, failed: 3, skipped: 2, error: null });
    expect(database.lease.holder).toBeNull();
  });
  test("after an error nobody foresaw, which the task says", async () => {
    const { database, anInstance, untilTaskIs } = aHouse();
    database.faults.before = (call) => {
      if (call === "savePlan") throw new Error("relation sync_task_day does not exist");
    };
    const { manager } = anInstance();
    const id = startedId(await manager.start(aStart()));
    await untilTaskIs("failed");
    expect(database.tasks.get(id)?.error).toEqual({
      code: "internal_error",
      params: { detail: "relation sync_task_day does not exist" },
    });
    expect(database.lease.holder).toBeNull();
    expect(manager.current()).toBeNull();
    expect(database.sessions.open).toBe(0);
  });
  test("after a stop, with the task left for whoever comes first", async () => {
    const { clock, database, anInstance } = aHouse();
    const { manager } = anInstance("one", { source: hangingOn("2024-02-28") });
    const id = startedId(await manager.start(aStart()));
    await clock.advance(1_000);
    await clock.drive(manager.stop());
    expect(database.tasks.get(id)).toMatchObject({ status: "interrupted", success: 3 });
    expect(database.lease.holder).toBeNull();
    expect(database.sessions.open).toBe(0);
    expect(clock.sleeping()).toBe(0);
  });
});

describe("a lease that is lost", () => {
  test("to another holder ends the run: nothing more is written, the connections are cut", async () => {
    const { clock, database, anInstance } = aHouse();
    const { manager, log } = anInstance("one", { source: hangingOn("2024-02-28") });
    await manager.start(aStart());
    await clock.advance(1_000);
    database.lease.epoch += 1;
    const writes = database.writes.length;
    await clock.advance(10_000);
    expect(manager.current()).toBeNull();
    expect(database.writes).toHaveLength(writes);
    expect(database.sessions).toEqual({ open: 0, cut: 0, destroyed: 1 });
    expect(log.lines.map((line) => line.message)).toContain("lease lost, nothing more is written");
    expect(clock.sleeping()).toBe(0);
  });
  test("cuts the connections at once, even while a publication hangs", async () => {
    const { clock, database, anInstance } = aHouse();
    database.faults.before = (call) => (call === "publish" ? new Promise(() => {}) : undefined);
    const { manager } = anInstance("one", { source: hangingOn("2024-02-26") });
    await manager.start(aStart());
    await clock.advance(4_000);
    database.lease.epoch += 1;
    await clock.advance(1_500);
    expect(database.sessions.destroyed).toBe(1);
  });
  test("while a day is stored is noticed by the fence, and the day is not counted", async () => {
    const { clock, database, anInstance } = aHouse();
    database.faults.before = (call, { date }) => {
      if (call === "storeDay" && date === "2024-02-27") database.lease.epoch += 1;
    };
    const { manager } = anInstance();
    await manager.start(aStart());
    await clock.advance(2_000);
    expect(manager.current()).toBeNull();
    expect([...database.ledger.keys()]).toEqual(["2024-02-23", "2024-02-26"]);
  });
  test("because the database is away is given up before a thief may come, and the task goes on afterwards", async () => {
    const { clock, database, anInstance, untilTaskIs } = aHouse();
    const { manager } = anInstance("one", { source: hangingOn("2024-02-28") });
    await manager.start(aStart());
    await clock.advance(1_000);
    database.setAway(true);
    await clock.advance(10_500);
    expect(database.sessions.destroyed).toBe(1);
    await clock.advance(10_000);
    expect(manager.current()).toBeNull();
    database.setAway(false);
    const two = anInstance("two");
    await two.manager.dispatch();
    await untilTaskIs("completed");
  });
});

describe("a database that is away for a moment", () => {
  test("in the middle of a task costs nothing but the time", async () => {
    const { clock, database, anInstance, untilTaskIs } = aHouse();
    const source = createFakeSource(async (day) => {
      await clock.sleep(1_000);
      return rowsAnswer(day);
    });
    const { manager, log } = anInstance("one", { source });
    const id = startedId(await manager.start(aStart()));
    await clock.advance(1_500);
    database.setAway(true);
    await clock.advance(4_000);
    database.setAway(false);
    await untilTaskIs("completed");
    expect(database.tasks.get(id)).toMatchObject({ success: 6, failed: 0, error: null });
    expect(log.lines.filter((line) => line.level === "error")).toEqual([]);
  });
  test.each(["loadLedger", "loadPlan", "savePlan", "finish"])("at %s is no reason to fail the task", async (where) => {
    const { database, anInstance, clock, untilTaskIs } = aHouse();
    let times = 0;
    database.faults.before = (call) => {
      if (call === where && ++times === 1) {
        database.setAway(true);
        void clock.sleep(3_500).then(() => database.setAway(false));
        throw new DatabaseAwayError("gone");
      }
    };
    await anInstance().manager.start(aStart());
    await untilTaskIs("completed");
    expect([...database.tasks.values()]).toMatchObject([{ success: 6, failed: 0, error: null }]);
    expect(database.lease.holder).toBeNull();
  });
});

describe("a COMMIT whose answer never came", () => {
  const lostAfter = (where: string, most = 1) => {
    const house = aHouse();
    let times = 0;
    house.database.faults.after = (call) => {
      if (call === where && ++times <= most) throw new DatabaseAwayError("connection reset");
    };
    return house;
  };

  test("of the plan does not plan twice", async () => {
    const { database, anInstance, untilTaskIs } = lostAfter("savePlan");
    const id = startedId(await anInstance().manager.start(aStart()));
    await untilTaskIs("completed");
    expect(database.calls.filter((call) => call === "savePlan")).toHaveLength(1);
    expect(database.outcomes(id)).toHaveLength(8);
  });
  test("of the last words leaves the task completed and this instance ready for the next", async () => {
    const { clock, database, anInstance, untilTaskIs } = lostAfter("finish");
    const { manager } = anInstance();
    await manager.start(aStart());
    await untilTaskIs("completed");
    await clock.advance(5_000);
    expect(manager.current()).toBeNull();
    expect([...database.tasks.values()]).toMatchObject([{ status: "completed", error: null }]);
    expect(await manager.start(aStart())).toMatchObject({ kind: "started" });
    await clock.drive(manager.stop());
  });
  test("of the last words, which handed over to what waits: that begins as soon as the database answers, once, and the end is told", async () => {
    const { clock, database, anInstance } = lostAfter("finish");
    const source = createFakeSource();
    const { manager } = anInstance("one", { source });
    await manager.start(aStart());
    const waiting = aStart({ if_busy: "queue", start_date: "2024-03-04", end_date: "2024-03-04" });
    expect(await manager.start(waiting)).toMatchObject({ kind: "queued" });
    await clock.advance(5_000);
    expect([...database.tasks.values()]).toMatchObject([{ status: "completed" }, { status: "completed", success: 1 }]);
    expect(source.asked.filter((day) => day === "2024-03-04")).toHaveLength(1);
  });
  test("of the last words is not taken for a hand-over of what was started meanwhile", async () => {
    const { clock, database, anInstance } = lostAfter("finish", 3);
    const source = createFakeSource(async (day) => {
      if (day === "2024-03-04") await clock.sleep(8_000);
      return rowsAnswer(day);
    });
    const { manager } = anInstance("one", { source });
    await manager.start(aStart());
    while (![...database.tasks.values()].some(({ status }) => status === "completed")) await clock.advance(100);
    // The database calls it completed; this process does not know yet, and the next start is quicker than its second look.
    const next = await clock.drive(manager.start(aStart({ if_busy: "queue", start_date: "2024-03-04", end_date: "2024-03-04" })));
    expect(next).toMatchObject({ kind: "started" });
    await clock.advance(20_000);
    expect([...database.tasks.values()]).toMatchObject([{ status: "completed" }, { status: "completed", success: 1 }]);
    expect(source.asked.filter((day) => day === "2024-03-04")).toHaveLength(1);
  });
});
