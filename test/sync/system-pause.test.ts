import { describe, expect, test } from "vitest";
import type { Day } from "@/lib/contract/day";
import { DiskFullError, SourceError } from "@/server/sync/errors";
import { aStart } from "../support/builders";
import { aGate, createFakeSource, rowsAnswer } from "../support/fakes";
import { aHouse, startedId } from "./manager-bench";

const HOUR_MS = 3_600_000;
const BAD: Day = "2024-02-28";
const THREE = ["2024-02-23", "2024-02-26", "2024-02-27"];

/** Refuses one day until it is told to have it. */
function refusingOn(day: Day, error: () => Error) {
  const state = { isOpen: false };
  const source = createFakeSource((asked) => {
    if (asked === day && !state.isOpen) throw error();
    return rowsAnswer(asked);
  });
  return { state, source };
}
const quota = (waitMs = HOUR_MS) => new SourceError("quota", { kind: "quota", detail: "500 calls a day" }, { waitMs });
const full = () => new DiskFullError(new Error("could not extend file"));

async function pausedByQuota() {
  const house = aHouse();
  const { state, source } = refusingOn(BAD, quota);
  const one = house.anInstance("one", { source });
  const id = startedId(await one.manager.start(aStart()));
  await house.untilTaskIs("paused", id);
  return { ...house, ...one, state, source, id };
}

describe("a used up allowance", () => {
  test("pauses the task with the reason and the time; finished days stay, the day has no outcome, the lease is free", async () => {
    const { database, clock, manager, id } = await pausedByQuota();
    const task = database.tasks.get(id);
    expect(task).toMatchObject({
      status: "paused",
      pause_reason: "quota",
      pause_detail: "500 calls a day",
      paused_by: null,
      success: 3,
      failed: 0,
      finished_ms: null,
      pauses: 1,
    });
    expect(task?.resume_ms).toBeGreaterThan(clock.now());
    expect([...database.ledger.keys()]).toEqual(THREE);
    expect(database.outcomes(id)).toContain(`${BAD} pending`);
    expect([database.lease.holder, manager.current(), database.sessions.open, clock.sleeping()]).toEqual([null, null, 0, 0]);
  });
  test("is over at its time: the task goes on by itself at the first unfinished day, on any instance", async () => {
    const { clock, database, manager, anInstance, untilTaskIs, state, source, id } = await pausedByQuota();
    const two = anInstance("two", { source });
    await clock.advance(HOUR_MS - 60_000);
    await two.manager.dispatch();
    expect(database.tasks.get(id)?.status).toBe("paused");
    state.isOpen = true;
    await clock.drive(manager.stop());
    await clock.advance(60_000);
    await two.manager.dispatch();
    await untilTaskIs("completed", id);
    expect(database.tasks.get(id)).toMatchObject({ success: 6, holder: "two", pause_reason: null, resume_ms: null });
    expect(source.asked.filter((day) => day === THREE[0])).toHaveLength(1);
  });
  test("is known to the task that comes next: it pauses for the same reason and does not call", async () => {
    const { clock, database, manager, untilTaskIs, source, id } = await pausedByQuota();
    const calls = source.asked.length;
    const other = startedId(await manager.start(aStart({ start_date: "2024-03-04", end_date: "2024-03-04" })));
    await untilTaskIs("paused", other);
    const [first, second] = [database.tasks.get(id), database.tasks.get(other)];
    expect(second).toMatchObject({ pause_reason: "quota", pause_detail: "500 calls a day", resume_ms: first?.resume_ms });
    expect(source.asked).toHaveLength(calls);
    expect(clock.sleeping()).toBe(0);
  });
  test("can be overruled by a person: the task is resumed and calls at once, though others are paused for it", async () => {
    const { database, manager, untilTaskIs, state, id } = await pausedByQuota();
    const other = startedId(await manager.start(aStart({ start_date: "2024-03-04", end_date: "2024-03-04" })));
    await untilTaskIs("paused", other);
    state.isOpen = true;
    expect(await manager.command(id, "resume", "ann")).toMatchObject({
      kind: "done",
      task: { pause_reason: null, resume_ms: null },
    });
    await untilTaskIs("completed", id);
    await untilTaskIs("completed", other);
    expect(database.tasks.get(id)).toMatchObject({ success: 6 });
  });
  test("that is still used up pauses the resumed task once more", async () => {
    const { database, manager, clock, id } = await pausedByQuota();
    const before = database.tasks.get(id)?.resume_ms ?? 0;
    await clock.advance(60_000);
    await manager.command(id, "resume", "ann");
    await clock.advance(1_000);
    expect(database.tasks.get(id)).toMatchObject({ status: "paused", pauses: 2, pause_reason: "quota" });
    expect(database.tasks.get(id)?.resume_ms).toBeGreaterThan(before);
  });
  test("leaves the task to be cancelled, and pausing it again is refused", async () => {
    const { database, manager, id } = await pausedByQuota();
    expect(await manager.command(id, "pause", "ann")).toMatchObject({ kind: "illegal" });
    expect(await manager.command(id, "cancel", "ann")).toMatchObject({ kind: "done", task: { status: "cancelled" } });
    expect(database.tasks.get(id)?.success).toBe(3);
  });
  test("still lets the fetched days before it be stored", async () => {
    const { clock, database, anInstance, untilTaskIs } = aHouse();
    const gate = aGate();
    database.faults.before = (call, { date }) => (call === "storeDay" && date === "2024-02-27" ? gate.promise : undefined);
    const { source } = refusingOn(BAD, quota);
    const { manager } = anInstance("one", { source, settings: { prefetchBytes: 1_000 } });
    const id = startedId(await manager.start(aStart()));
    await clock.advance(1_000);
    expect(database.tasks.get(id)?.status).toBe("running");
    gate.open();
    await untilTaskIs("paused", id);
    expect([...database.ledger.keys()]).toEqual(THREE);
  });
  test("gives way to a person who asked for a pause first: that one does not end by itself", async () => {
    const { clock, database, anInstance, untilTaskIs } = aHouse();
    const gate = aGate();
    const source = createFakeSource(async (day) => {
      if (day !== BAD) return rowsAnswer(day);
      await gate.promise;
      throw quota();
    });
    const { manager } = anInstance("one", { source });
    const id = startedId(await manager.start(aStart()));
    await clock.advance(1_000);
    await manager.command(id, "pause", "ann");
    gate.open();
    await untilTaskIs("paused", id);
    expect(database.tasks.get(id)).toMatchObject({ pause_reason: "person", paused_by: "ann", resume_ms: null });
  });
});

describe("while the source limits the rate", () => {
  const rate = () => new SourceError("rate", { kind: "rate", detail: "slow down" }, { waitMs: 600_000 });
  async function waiting() {
    const house = aHouse();
    const { source } = refusingOn(BAD, rate);
    const one = house.anInstance("one", { source });
    const id = startedId(await one.manager.start(aStart()));
    await house.clock.advance(2_000);
    return { ...house, ...one, source, id };
  }

  test("the task says what it waits for and until when, and promises no time left", async () => {
    const { clock, database, manager, id } = await waiting();
    const live = { phase: "waiting", current_date: BAD, eta: null, wait: { code: "rate_limited" } };
    expect(manager.current()?.live).toMatchObject(live);
    expect(database.tasks.get(id)?.live).toMatchObject(live);
    expect(manager.current()?.live?.wait?.until_ms).toBeGreaterThan(clock.now() + 590_000);
  });
  test.each([
    ["pause", "paused"],
    ["cancel", "cancelled"],
  ] as const)("a %s is heeded at once", async (command, status) => {
    const { clock, database, manager, id } = await waiting();
    const before = clock.monotonic();
    await manager.command(id, command, "ann");
    await clock.advance(500);
    expect(database.tasks.get(id)).toMatchObject({ status, success: 3 });
    expect(clock.monotonic() - before).toBe(500);
    expect(database.outcomes(id)).toContain(`${BAD} pending`);
  });
  test("a stop of the server does not wait for it", async () => {
    const { clock, database, manager, id } = await waiting();
    const before = clock.monotonic();
    await clock.drive(manager.stop());
    expect(clock.monotonic() - before).toBeLessThan(1_000);
    expect(database.tasks.get(id)?.status).toBe("interrupted");
  });
});

describe("a full disk", () => {
  function fullHouse() {
    const house = aHouse();
    const disk = { isFull: true };
    house.database.faults.before = (call, { date }) => {
      if (call === "storeDay" && date !== undefined && date >= BAD && disk.isFull) throw full();
    };
    return { ...house, disk };
  }

  test("rolls the day back and pauses the task, which goes on by itself once there is room", async () => {
    const { clock, database, anInstance, untilTaskIs, disk } = fullHouse();
    const { manager } = anInstance();
    const id = startedId(await manager.start(aStart()));
    await untilTaskIs("paused", id);
    expect(database.tasks.get(id)).toMatchObject({ pause_reason: "disk_full", success: 3, failed: 0, pauses: 1 });
    expect(database.outcomes(id)).toContain(`${BAD} pending`);
    disk.isFull = false;
    await clock.advance(5 * 60_000);
    await manager.dispatch();
    await untilTaskIs("completed", id);
    expect(database.tasks.get(id)).toMatchObject({ success: 6, pauses: 1 });
  });
  test("that stays full is looked at after 5, 10, 20, 40 and 60 minutes, and no oftener", async () => {
    const { clock, database, anInstance, untilTaskIs } = fullHouse();
    const { manager } = anInstance();
    const id = startedId(await manager.start(aStart()));
    const minutes: number[] = [];
    for (let turn = 0; turn < 6; turn += 1) {
      await untilTaskIs("paused", id);
      const left = (database.tasks.get(id)?.resume_ms ?? 0) - clock.now();
      minutes.push(Math.round(left / 60_000));
      await clock.advance(left);
      await manager.dispatch();
    }
    expect(minutes).toEqual([5, 10, 20, 40, 60, 60]);
  });
  test("on which not even the pause can be written is tried again until it can, and nobody is stuck", async () => {
    const { clock, database, anInstance, untilTaskIs, disk } = fullHouse();
    const storing = database.faults.before;
    database.faults.before = (call, detail) => {
      if (call === "finish" && disk.isFull) throw full();
      return storing(call, detail);
    };
    const { manager, log } = anInstance();
    const id = startedId(await manager.start(aStart()));
    await clock.advance(10 * 60_000);
    expect(database.tasks.get(id)?.status).toBe("running");
    expect(log.lines.filter(({ message }) => message.startsWith("no room for the last words")).length).toBeGreaterThan(10);
    disk.isFull = false;
    // The time of its pause is over by then, so it goes on in the same transaction.
    await untilTaskIs("completed", id);
    expect(database.tasks.get(id)).toMatchObject({ success: 6, pauses: 1 });
    expect([database.lease.holder, manager.current()]).toEqual([null, null]);
  });
  test("on which the plan cannot be written pauses the task as well", async () => {
    const { database, anInstance, untilTaskIs } = aHouse();
    database.faults.before = (call) => {
      if (call === "savePlan") throw full();
    };
    const { manager } = anInstance();
    const id = startedId(await manager.start(aStart()));
    await untilTaskIs("paused", id);
    expect(database.tasks.get(id)).toMatchObject({ pause_reason: "disk_full", success: 0 });
  });
});

test("wrong credentials fail every day of the task with one call", async () => {
  const { database, anInstance, untilTaskIs } = aHouse();
  const source = createFakeSource(() => {
    throw new SourceError("auth", { kind: "auth", variable: "TUSHARE_TOKEN", detail: "token不对" });
  });
  const { manager } = anInstance("one", { source });
  const id = startedId(await manager.start(aStart()));
  await untilTaskIs("completed", id);
  expect(database.tasks.get(id)).toMatchObject({ success: 0, failed: 6 });
  expect(source.asked).toHaveLength(1);
});

test("a day stored as whole by what its source expected is not doubted for its neighbours at the end of the task", async () => {
  const { database, anInstance, untilTaskIs } = aHouse();
  const source = createFakeSource((day) => (day === BAD ? { ...rowsAnswer(day, 60), expected: 60 } : rowsAnswer(day)));
  const { manager } = anInstance("one", { source });
  const id = startedId(await manager.start(aStart()));
  await untilTaskIs("completed", id);
  expect(database.ledger.get(BAD)).toMatchObject({ state: "complete", rows: 60, expected: 60 });
  expect(database.tasks.get(id)).toMatchObject({ success: 6, suspect: 0 });
});
