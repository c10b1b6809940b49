import { describe, expect, test } from "vitest";
import { SourceError } from "@/server/sync/errors";
import type { Source } from "@/server/sync/source-ports";
import { aStart } from "../support/builders";
import { createFakeSource, rowsAnswer } from "../support/fakes";
import { aHouse, startedId } from "./manager-bench";

const HOUR_MS = 3_600_000;
const ONE_DAY = { start_date: "2024-03-04", end_date: "2024-03-04" } as const;

/** A source that refuses all, until it is told to give; its calls are counted over all instances. */
function refusing(kind: "quota" | "banned", account: string | null = null) {
  const state = { isOpen: false, calls: 0, reopened: 0 };
  const make = (own = account): Source => ({
    ...createFakeSource((day) => {
      state.calls += 1;
      if (!state.isOpen) throw new SourceError("quota", { kind, detail: "in its own words" }, { waitMs: 20 * HOUR_MS });
      return rowsAnswer(day);
    }),
    ...(own === null ? {} : { account: own }),
    reopen: () => void (state.reopened += 1),
  });
  return { state, make };
}

/** A task that met the refusal, paused, and was cancelled by a person. */
async function cancelledAfter(kind: "quota" | "banned", account: string | null = null) {
  const house = aHouse();
  const { state, make } = refusing(kind, account);
  const { manager } = house.anInstance("one", { source: make() });
  const id = startedId(await manager.start(aStart(ONE_DAY)));
  await house.untilTaskIs("paused", id);
  await manager.command(id, "cancel", "ann");
  const start = async (over: object = {}, from = manager) => {
    const started = startedId(await from.start(aStart({ ...ONE_DAY, ...over })));
    await house.clock.advance(5_000);
    return { id: started, task: house.database.tasks.get(started) };
  };
  return { ...house, manager, state, make, id, start };
}

describe("a source that gives nothing before a time it told", () => {
  test("is not called by the next task, though the one that learnt it was cancelled: it pauses with reason and time", async () => {
    const { state, start, database, id } = await cancelledAfter("banned");
    expect(state.calls).toBe(1);
    const next = await start();
    expect(next.task).toMatchObject({ status: "paused", pause_reason: "banned", pause_detail: "in its own words" });
    expect(next.task?.resume_ms).toBe(database.tasks.get(id)?.resume_ms);
    expect(state.calls).toBe(1);
  });
  test.each([
    ["a retry of single days", { days: ["2024-03-04"] }],
    ["a schedule", { task_type: "scheduler_daily" }],
    ["a verify", { task_type: "verify" }],
    ["an insisting sync", { force: true }],
  ])("is not called by %s either", async (_what, over) => {
    const { state, start, database, manager, clock } = await cancelledAfter("banned");
    // Something to verify.
    state.isOpen = true;
    database.ledger.set("2024-03-04", {
      date: "2024-03-04",
      state: "suspect",
      rows: 1,
      checksum: "x",
      confirmed: false,
      source: "files",
    });
    expect((await start(over)).task).toMatchObject({ status: "paused", pause_reason: "banned" });
    expect(state.calls).toBe(1);
    await clock.drive(manager.stop());
  });
  test("is not called after a restart", async () => {
    const { state, make, start, manager, clock, anInstance } = await cancelledAfter("quota", "token-a");
    await clock.drive(manager.stop());
    const { manager: restarted } = anInstance("two", { source: make() });
    expect((await start({}, restarted)).task).toMatchObject({ status: "paused", pause_reason: "quota" });
    expect(state.calls).toBe(1);
  });
  test("is not called by another account where it banned the address, and is where only the allowance of the old one was used up", async () => {
    const banned = await cancelledAfter("banned", "token-a");
    await banned.clock.drive(banned.manager.stop());
    const other = banned.anInstance("two", { source: banned.make("token-b") }).manager;
    expect((await banned.start({}, other)).task).toMatchObject({ status: "paused", pause_reason: "banned" });
    expect(banned.state.calls).toBe(1);

    const used = await cancelledAfter("quota", "token-a");
    await used.clock.drive(used.manager.stop());
    used.state.isOpen = true;
    const fresh = used.anInstance("two", { source: used.make("token-b") }).manager;
    expect((await used.start({}, fresh)).task).toMatchObject({ status: "completed", success: 1 });
  });
  test("is called again when its time has come, without a word of anybody", async () => {
    const { state, start, clock } = await cancelledAfter("quota");
    await clock.advance(20 * HOUR_MS);
    state.isOpen = true;
    expect((await start()).task).toMatchObject({ status: "completed", success: 1 });
  });
  test("is called when a person resumes a task that is paused for it, also where it remembers by itself; then by every task", async () => {
    const { state, start, manager, untilTaskIs } = await cancelledAfter("banned");
    const { id } = await start();
    expect(state.calls).toBe(1);
    const remembered = state.reopened;
    state.isOpen = true;
    await manager.command(id, "resume", "ann");
    await untilTaskIs("completed", id);
    expect([state.calls, state.reopened]).toEqual([2, remembered + 1]);
    expect((await start({ force: true })).task).toMatchObject({ status: "completed", success: 1 });
  });
  test("is called by a task on another instance too, where it still remembers what was said before a person insisted", async () => {
    const { state, start, manager, make, anInstance, untilTaskIs } = await cancelledAfter("quota");
    const { id } = await start();
    state.isOpen = true;
    await manager.command(id, "resume", "ann");
    await untilTaskIs("completed", id);
    let remembers = true;
    const mindful: Source = {
      ...make(),
      fetchDay: async (day) => {
        if (remembers) throw new SourceError("quota", { kind: "quota" }, { waitMs: 20 * HOUR_MS });
        return rowsAnswer(day);
      },
      reopen: () => void (remembers = false),
    };
    const { manager: there } = anInstance("two", { source: mindful });
    expect((await start({ force: true }, there)).task).toMatchObject({ status: "completed", success: 1 });
  });
  test("is open for the one who insists, whatever a task says that had read of it before", async () => {
    const { state, start, manager, database, untilTaskIs } = await cancelledAfter("banned");
    const { id } = await start();
    state.isOpen = true;
    const resumed: Promise<unknown>[] = [];
    database.faults.before = (call) => {
      if (call === "finish" && resumed.length === 0) resumed.push(manager.command(id, "resume", "ann"));
    };
    // It read that the source is closed, and pauses while the person insists.
    await start({ start_date: "2024-03-05", end_date: "2024-03-05" });
    await Promise.all(resumed);
    database.faults.before = () => {};
    await untilTaskIs("completed", id);
    expect(state.calls).toBe(2);
  });
  test("that refuses the one who insists is closed again until the new time", async () => {
    const { state, start, manager, untilTaskIs, clock } = await cancelledAfter("banned");
    const { id } = await start();
    await manager.command(id, "resume", "ann");
    await clock.advance(1_000);
    await untilTaskIs("paused", id);
    expect(state.calls).toBe(2);
    expect((await start()).task).toMatchObject({ status: "paused", pause_reason: "banned" });
    expect(state.calls).toBe(2);
  });
  test("is not called because a full disk was made free", async () => {
    const { state, start, manager, database, untilTaskIs } = await cancelledAfter("banned");
    const { id } = await start();
    Object.assign(database.tasks.get(id) ?? {}, { pause_reason: "disk_full" });
    await manager.command(id, "resume", "ann");
    await untilTaskIs("paused", id);
    expect(database.tasks.get(id)).toMatchObject({ pause_reason: "banned" });
    expect(state.calls).toBe(1);
  });
  test("is known though a person cancelled the task while the call was under way", async () => {
    const house = aHouse();
    const { state, make } = refusing("banned");
    const { manager } = house.anInstance("one", { source: make() });
    const id = startedId(await manager.start(aStart(ONE_DAY)));
    house.database.faults.before = (call) => {
      if (call === "finish") Object.assign(house.database.tasks.get(id) ?? {}, { status: "cancelling", cancelled_by: "ann" });
    };
    await house.untilTaskIs("cancelled", id);
    house.database.faults.before = () => {};
    const next = startedId(await manager.start(aStart(ONE_DAY)));
    await house.untilTaskIs("paused", next);
    expect(state.calls).toBe(1);
  });
});
