import { describe, expect, test } from "vitest";
import { aLedgerDay, aStart, weekdays } from "../support/builders";
import { createFakeSource, hangingOn, rowsAnswer } from "../support/fakes";
import { aHouse, startedId } from "./manager-bench";

describe("a task that is taken over", () => {
  test("after a clean stop goes on at the first unfinished day, with the plan it had", async () => {
    const { clock, database, anInstance, untilTaskIs } = aHouse();
    const one = anInstance("one", { source: hangingOn("2024-02-28") });
    const id = startedId(await one.manager.start(aStart()));
    await clock.advance(1_000);
    await clock.drive(one.manager.stop());
    const plan = database.outcomes(id).length;

    const source = createFakeSource();
    const two = anInstance("two", { source });
    await two.manager.dispatch();
    await untilTaskIs("completed");
    expect(source.asked).toEqual(["2024-02-28", "2024-02-29", "2024-03-01"]);
    expect(database.outcomes(id)).toHaveLength(plan);
    expect(database.tasks.get(id)).toMatchObject({ success: 6, skipped: 2, epoch: 3, holder: "two", takeovers: 0 });
    expect(database.writes.map((write) => write.outcome.date)).toEqual([
      ...new Set(database.writes.map((write) => write.outcome.date)),
    ]);
  });
  test("is not taken while its holder lives, and is once the lease ran out", async () => {
    const { clock, database, anInstance } = aHouse();
    const one = anInstance("one", { source: hangingOn("2024-02-28") });
    const id = startedId(await one.manager.start(aStart()));
    const two = anInstance("two", { source: hangingOn("2024-02-28") });
    await clock.advance(60_000);
    await two.manager.dispatch();
    expect(two.manager.current()).toBeNull();

    database.lease.expiresMs = 0;
    await two.manager.dispatch();
    expect(two.manager.current()).toMatchObject({ task_id: id, epoch: 2 });
    await clock.advance(15_000);
    expect(one.manager.current()).toBeNull();
    expect(two.manager.current()).toMatchObject({ task_id: id, success: 3 });
    await clock.drive(two.manager.stop());
  });
  test("keeps its plan, even where the table would give another one now", async () => {
    const { clock, database, anInstance, untilTaskIs } = aHouse();
    const one = anInstance("one", { source: hangingOn("2024-02-26") });
    const id = startedId(await one.manager.start(aStart()));
    await clock.advance(1_000);
    await clock.drive(one.manager.stop());
    database.ledger.set("2024-02-29", aLedgerDay("2024-02-29", { rows: 100 }));
    await anInstance("two").manager.dispatch();
    await untilTaskIs("completed");
    expect(database.outcomes(id)).toContain("2024-02-29 success -");
  });
  test("shows at least what was done before, never less", async () => {
    const { clock, anInstance } = aHouse();
    const one = anInstance("one", { source: hangingOn("2024-02-28") });
    await one.manager.start(aStart());
    await clock.advance(1_000);
    const before = one.manager.current()!.success;
    await clock.drive(one.manager.stop());
    const two = anInstance("two", { source: hangingOn("2024-02-28") });
    await two.manager.dispatch();
    expect(two.manager.current()!.success).toBeGreaterThanOrEqual(before);
    await clock.advance(1_000);
    expect(two.manager.current()!.success).toBeGreaterThanOrEqual(before);
    await clock.drive(two.manager.stop());
  });
  test("two instances at the same moment: one takes it", async () => {
    const { clock, anInstance } = aHouse();
    const one = anInstance("one", { source: hangingOn("2024-02-26") });
    await one.manager.start(aStart());
    await clock.advance(1_000);
    await clock.drive(one.manager.stop());
    const others = ["two", "three"].map((name) => anInstance(name, { source: hangingOn("2024-02-26") }).manager);
    await Promise.all(others.map((manager) => manager.dispatch()));
    expect(others.filter((manager) => manager.current() !== null)).toHaveLength(1);
    await clock.drive(Promise.all(others.map((manager) => manager.stop())));
  });
});

describe("the end of a run", () => {
  test("finds the first day of a backfill too small once its neighbours are there", async () => {
    const { database, anInstance, untilTaskIs } = aHouse();
    const source = createFakeSource((day) => rowsAnswer(day, day === "2024-02-23" ? 50 : 100));
    await anInstance("one", { source }).manager.start(aStart());
    await untilTaskIs("completed");
    expect(database.writes[0]).toMatchObject({ state: "complete" });
    expect(database.ledger.get("2024-02-23")).toMatchObject({ state: "suspect" });
    expect(database.ledger.get("2024-02-26")).toMatchObject({ state: "complete" });
  });
  test("asks for today again when the publish hour came while the task ran", async () => {
    const { clock, database, anInstance, untilTaskIs } = aHouse();
    const source = createFakeSource(async (day) => {
      if (day === "2024-03-04") await clock.sleep(7 * 3_600_000);
      return day === "2024-03-05" ? { kind: "nothing" } : rowsAnswer(day);
    });
    const range = { start_date: "2024-03-04", end_date: "2024-03-05" } as const;
    const id = startedId(
      await anInstance("one", { source, settings: { dayTimeoutMs: 10 * 3_600_000 } }).manager.start(aStart(range)),
    );
    for (let hours = 0; hours < 8; hours += 1) await clock.advance(3_600_000);
    await untilTaskIs("completed");
    expect(database.outcomes(id)).toEqual(["2024-03-04 success -", "2024-03-05 failed source_empty"]);
  });
  test("before the publish hour leaves today as not published", async () => {
    const { database, anInstance, untilTaskIs } = aHouse();
    const source = createFakeSource((day) => (day === "2024-03-05" ? { kind: "nothing" } : rowsAnswer(day)));
    const id = startedId(
      await anInstance("one", { source }).manager.start(aStart({ start_date: "2024-03-04", end_date: "2024-03-05" })),
    );
    await untilTaskIs("completed");
    expect(database.outcomes(id)).toEqual(["2024-03-04 success -", "2024-03-05 skipped not_published"]);
    expect(database.ledger.has("2024-03-05")).toBe(false);
  });
  test("re-syncing with the same source leaves the same table", async () => {
    const { database, anInstance, untilTaskIs } = aHouse();
    for (const day of weekdays("2024-02-12", "2024-02-22", 100)) database.ledger.set(day.date, day);
    const { manager } = anInstance();
    await manager.start(aStart());
    await untilTaskIs("completed");
    const before = structuredClone([...database.ledger]);
    const again = startedId(await manager.start(aStart({ force: true })));
    await untilTaskIs("completed", again);
    expect([...database.ledger]).toEqual(before);
    expect(database.writes).toHaveLength(12);
  });
});
