import { describe, expect, test } from "vitest";
import { aLedgerDay, aStart } from "../../support/builders";
import { settle } from "../../support/clock";
import { aGate, createFakeSource, rowsAnswer } from "../../support/fakes";
import { aHouse, startedId } from "../manager-bench";

describe("a start", () => {
  test("runs the range to its end: every day has an outcome and the lease is free", async () => {
    const { database, anInstance, untilTaskIs } = aHouse();
    const id = startedId(await anInstance().manager.start(aStart()));
    await untilTaskIs("completed");
    expect(database.outcomes(id)).toEqual([
      "2024-02-23 success -",
      "2024-02-24 skipped weekend",
      "2024-02-25 skipped weekend",
      "2024-02-26 success -",
      "2024-02-27 success -",
      "2024-02-28 success -",
      "2024-02-29 success -",
      "2024-03-01 success -",
    ]);
    expect(database.tasks.get(id)).toMatchObject({ success: 6, skipped: 2, failed: 0, total: 8, fetch_days: 6 });
    expect(database.lease.holder).toBeNull();
    expect(database.sessions.open).toBe(0);
  });
  test("of a range that is complete makes a task all the same, and asks the source nothing", async () => {
    const { database, anInstance, untilTaskIs } = aHouse();
    database.ledger.set("2024-02-26", aLedgerDay("2024-02-26"));
    const source = createFakeSource();
    await anInstance("one", { source }).manager.start(aStart({ start_date: "2024-02-24", end_date: "2024-02-26" }));
    await untilTaskIs("completed");
    expect([...database.tasks.values()]).toMatchObject([{ skipped: 3, success: 0 }]);
    expect(source.asked).toEqual([]);
  });
  test("of chosen days brings those days and no others", async () => {
    const { database, anInstance, untilTaskIs } = aHouse();
    const id = startedId(await anInstance().manager.start(aStart({ days: ["2024-02-26", "2024-02-29"] })));
    expect(database.tasks.get(id)?.total_days).toBe(2);
    await untilTaskIs("completed");
    expect(database.outcomes(id)).toEqual(["2024-02-26 success -", "2024-02-29 success -"]);
  });
  test("newest first brings the newest day first", async () => {
    const { anInstance, untilTaskIs } = aHouse();
    const source = createFakeSource();
    await anInstance("one", { source }).manager.start(aStart({ order: "desc" }));
    await untilTaskIs("completed");
    expect(source.asked[0]).toBe("2024-03-01");
    expect(source.asked.at(-1)).toBe("2024-02-23");
  });
  test("of the sample market in front of real rows is refused, unless it was allowed", async () => {
    const { database, anInstance } = aHouse();
    database.ledger.set("2020-01-02", aLedgerDay("2020-01-02"));
    const sample = () => createFakeSource(undefined, { name: "sample", sample: true });
    expect(await anInstance("one", { source: sample() }).manager.start(aStart())).toEqual({ kind: "sample_into_existing" });
    expect(database.tasks.size).toBe(0);
    const allowed = anInstance("two", { source: sample(), settings: { sampleIntoExisting: true } });
    expect(await allowed.manager.start(aStart())).toMatchObject({ kind: "started" });
    await allowed.manager.stop();
  });
});

describe("a start while one runs", () => {
  test("is refused and names the running task with its progress", async () => {
    const { clock, anInstance } = aHouse();
    const gate = aGate();
    const source = createFakeSource(async (day) => {
      if (day === "2024-02-27") await gate.promise;
      return rowsAnswer(day);
    });
    const { manager } = anInstance("one", { source });
    const id = startedId(await manager.start(aStart()));
    await clock.advance(1_000);
    expect(await manager.start(aStart())).toMatchObject({
      kind: "busy",
      task: { task_id: id, success: 2, live: { current_date: "2024-02-27" } },
    });
    gate.open();
    await manager.stop();
  });
  test("on another instance is refused and names it too", async () => {
    const { anInstance } = aHouse();
    const one = anInstance("one", { source: createFakeSource(() => new Promise(() => {})) });
    const id = startedId(await one.manager.start(aStart()));
    expect(await anInstance("two").manager.start(aStart())).toMatchObject({ kind: "busy", task: { task_id: id } });
  });
  test("of a hundred at the same time over two instances one runs, and every other names it", async () => {
    const { database, anInstance } = aHouse();
    const silent = () => createFakeSource(() => new Promise(() => {}));
    const managers = [anInstance("one", { source: silent() }).manager, anInstance("two", { source: silent() }).manager];
    const results = await Promise.all(Array.from({ length: 100 }, (_, index) => managers[index % 2]!.start(aStart())));
    const started = results.filter((result) => result.kind === "started");
    expect(started).toHaveLength(1);
    expect(new Set(results.map((result) => ("task" in result ? result.task.task_id : result.kind)))).toEqual(
      new Set([startedId(started[0]!)]),
    );
    expect(database.lease.epoch).toBe(1);
  });
  test("waits for the claim that is under way here instead of asking the database too", async () => {
    const { database, anInstance } = aHouse();
    const { manager } = anInstance("one", { source: createFakeSource(() => new Promise(() => {})) });
    await Promise.all(Array.from({ length: 100 }, () => manager.start(aStart())));
    expect(database.calls.filter((call) => call === "claimNew")).toHaveLength(1);
  });
  test("that meets a claim which fails gets its own chance", async () => {
    const { database, anInstance } = aHouse();
    let claims = 0;
    database.faults.before = (call) => {
      if (call === "claimNew" && ++claims === 1) throw new Error("lock timeout");
    };
    const { manager } = anInstance("one", { source: createFakeSource(() => new Promise(() => {})) });
    const [first, second] = await Promise.allSettled([manager.start(aStart()), manager.start(aStart())]);
    expect(first.status).toBe("rejected");
    expect(second).toMatchObject({ status: "fulfilled", value: { kind: "started" } });
  });
  test("that meets a task which ends at that moment looks again and runs", async () => {
    const { database, anInstance, untilTaskIs } = aHouse();
    const one = anInstance("one");
    const id = startedId(await one.manager.start(aStart()));
    const two = anInstance("two");
    const lookAt = database.reader.task;
    database.reader.task = async (taskId) => {
      await untilTaskIs("completed", id);
      return lookAt(taskId);
    };
    expect(await two.manager.start(aStart())).toMatchObject({ kind: "started" });
    await two.manager.stop();
  });
  test("that meets a task nobody can read says so instead of asking for ever", async () => {
    const { database, anInstance } = aHouse();
    await anInstance("one", { source: createFakeSource(() => new Promise(() => {})) }).manager.start(aStart());
    database.reader.task = async () => null;
    await expect(anInstance("two").manager.start(aStart())).rejects.toThrow("cannot be read");
  });
});

describe("the next start", () => {
  /** A house whose last words take so long to be answered after they were committed. */
  const answeringAfter = (answerMs: number) => {
    const house = aHouse();
    const openSession = (epoch: number) => {
      const session = house.database.openSession(epoch);
      const finish: typeof session.finish = async (taskId, end) => {
        const done = await session.finish(taskId, end);
        await house.clock.sleep(answerMs);
        return done;
      };
      return { ...session, finish };
    };
    return { ...house, manager: house.anInstance("one", { openSession }).manager };
  };

  test("of somebody who saw the task completed is welcome, even before this process knows", async () => {
    const { clock, manager, untilTaskIs } = answeringAfter(500);
    const first = startedId(await manager.start(aStart()));
    await untilTaskIs("completed", first);
    expect(manager.current()).not.toBeNull();
    expect(await clock.drive(manager.start(aStart()))).toMatchObject({ kind: "started" });
    await clock.drive(manager.stop());
  });
  test("does not wait for ever for the last words of the task before it", async () => {
    const { clock, manager, untilTaskIs } = answeringAfter(3_600_000);
    const first = startedId(await manager.start(aStart()));
    await untilTaskIs("completed", first);
    const begunMs = clock.monotonic();
    expect(await clock.drive(manager.start(aStart()))).toMatchObject({ kind: "busy", task: { task_id: first } });
    expect(clock.monotonic() - begunMs).toBe(2_000);
  });
  test("is welcome as soon as the last one is completed, even while its connections still close", async () => {
    const { clock, database, anInstance } = aHouse();
    const closing = aGate();
    const openSession = (epoch: number) => ({ ...database.openSession(epoch), close: () => closing.promise });
    const { manager } = anInstance("one", { openSession });
    const first = startedId(await manager.start(aStart()));
    await clock.advance(100);
    expect(database.tasks.get(first)?.status).toBe("completed");
    expect(await manager.start(aStart({ force: true }))).toMatchObject({ kind: "started" });
    await clock.advance(100);
    let stopped = false;
    const stop = manager.stop().then(() => {
      stopped = true;
    });
    await settle();
    expect(stopped).toBe(false);
    closing.open();
    await clock.drive(stop);
  });
});
