import { describe, expect, test } from "vitest";
import type { Day } from "@/lib/contract/day";
import { DatabaseAwayError, LeaseLostError } from "@/server/sync/errors";
import type { PlannedDay } from "@/server/sync/session-ports";
import { createRunTracker } from "@/server/sync/run/run-tracker";
import type { LiveState, TaskCounts, TaskRecord } from "@/server/sync/task/task-record";
import { aFetch, anOutcome, aSkip, aTask } from "../../support/builders";
import { createFakeClock } from "../../support/clock";
import { createFakeEvents, createFakeLog } from "../../support/fakes";

const WEEK: Day[] = ["2024-03-04", "2024-03-05", "2024-03-06", "2024-03-07", "2024-03-08"];

function tracking(
  plan: PlannedDay[] = WEEK.map((day) => aFetch(day)),
  publishing?: (turn: number) => Promise<void> | void,
  over: Partial<TaskRecord> = {},
) {
  const clock = createFakeClock();
  const events = createFakeEvents();
  const published: { atMs: number; counts: TaskCounts; live: LiveState; days: Day[] }[] = [];
  const failures: unknown[] = [];
  let turns = 0;
  let inFlight = 0;
  const tracker = createRunTracker(aTask(over), plan, {
    clock,
    events,
    log: createFakeLog(),
    session: {
      async publish(_taskId, counts, live, days) {
        inFlight += 1;
        expect(inFlight).toBe(1);
        try {
          await publishing?.(++turns);
          published.push({ atMs: clock.monotonic(), counts, live, days });
          return { seq: 10 + published.length, days_seq: published.filter((one) => one.days.length > 0).length };
        } finally {
          inFlight -= 1;
        }
      },
    },
    onFailure: (error) => void failures.push(error),
  });
  return { clock, events, published, failures, tracker };
}

describe("what the watchers are told", () => {
  test("every outcome once, in order, as numbered deltas", async () => {
    const { clock, events, tracker } = tracking();
    for (const day of WEEK) {
      tracker.done(anOutcome(day), []);
      await clock.advance(100);
    }
    await clock.advance(1_000);
    expect(events.deltas.flatMap((delta) => delta.days)).toEqual(WEEK);
    expect(events.deltas.map((delta) => delta.daysSeq)).toEqual(events.deltas.map((_, index) => index + 1));
  });
  test("skipped days along with the day they stand before", async () => {
    const plan = [aSkip("2024-03-02"), aSkip("2024-03-03"), aFetch("2024-03-04")];
    const { clock, events, published, tracker } = tracking(plan);
    tracker.done(anOutcome("2024-03-04"), plan.slice(0, 2));
    await clock.advance(300);
    expect(events.deltas[0]?.days).toEqual(["2024-03-02", "2024-03-03", "2024-03-04"]);
    expect(published[0]?.counts).toMatchObject({ success: 1, skipped: 2 });
  });
  test("a storm of outcomes four times a second at most", async () => {
    const { clock, published, tracker } = tracking(WEEK.map((day) => aFetch(day)));
    for (let turn = 0; turn < 100; turn += 1) {
      tracker.done(anOutcome(WEEK[turn % 5]!), []);
      await clock.advance(10);
    }
    expect(published.length).toBeLessThanOrEqual(4);
    expect(published.length).toBeGreaterThan(1);
  });
  test("how far a fetch is once a second at most, and the last word always", async () => {
    const { clock, published, tracker } = tracking();
    tracker.fetching("2024-03-04");
    for (let done = 1; done <= 300; done += 1) {
      tracker.fetchedSoFar(done, 300);
      await clock.advance(10);
    }
    await clock.advance(1_000);
    expect(published.length).toBeLessThanOrEqual(4);
    expect(published.at(-1)?.live).toMatchObject({
      current_date: "2024-03-04",
      phase: "fetching",
      fetched: { done: 300, of: 300, unit: "rows" },
    });
  });
  test("nothing while nothing changes", async () => {
    const { clock, published, tracker } = tracking();
    tracker.done(anOutcome("2024-03-04"), []);
    await clock.advance(1_000);
    const before = published.length;
    await clock.advance(60_000);
    expect(published).toHaveLength(before);
    expect(clock.sleeping()).toBe(0);
  });
  test("the day that is stored before the one that is fetched meanwhile", () => {
    const { tracker } = tracking();
    tracker.fetching("2024-03-04");
    tracker.storing("2024-03-04");
    tracker.fetching("2024-03-05");
    expect(tracker.record().live).toMatchObject({ current_date: "2024-03-04", phase: "storing", fetched: null });
    tracker.done(anOutcome("2024-03-04"), []);
    expect(tracker.record().live).toMatchObject({ current_date: "2024-03-05", phase: "fetching" });
  });
});

describe("a walk over the symbols", () => {
  test("tells its symbols and its own time left, and is no part of the time of a day", async () => {
    const { clock, tracker } = tracking();
    tracker.fetching("2024-03-04");
    tracker.walkBegun(0);
    tracker.collected(0, 1_000);
    expect(tracker.record().live).toMatchObject({
      phase: "fetching",
      fetched: { done: 0, of: 1_000, unit: "symbols" },
      eta: null,
    });
    await clock.advance(20_000);
    tracker.collected(500, 1_000);
    // 20 s for the other half, and up to 3 s for each of the five days.
    expect(tracker.record().live).toMatchObject({ fetched: { done: 500, of: 1_000, unit: "symbols" }, eta: [17, 38] });
    await clock.advance(600_000);
    tracker.walkEnded();
    expect(tracker.record().live?.fetched).toBeNull();
    await clock.advance(1_000);
    tracker.done(anOutcome("2024-03-04"), []);
    // Four days at a second each, not at ten minutes.
    expect(tracker.record().live?.eta?.[1]).toBeLessThanOrEqual(6);
    await tracker.end();
  });
  test("says no time left while another walk is to come", async () => {
    const { clock, tracker } = tracking();
    tracker.walkBegun(250);
    tracker.collected(0, 1_000);
    await clock.advance(20_000);
    tracker.collected(500, 1_000);
    expect(tracker.record().live?.eta).toBeNull();
    tracker.walkEnded();
    for (const day of WEEK) tracker.done(anOutcome(day), []);
    expect(tracker.record().live?.eta).toBeNull();
    await tracker.end();
  });
});

describe("a publication that fails", () => {
  test("because the database is away is made up for, with nothing lost, and the run goes on", async () => {
    const { clock, events, published, failures, tracker } = tracking(undefined, (turn) => {
      if (turn <= 3) throw new DatabaseAwayError("gone");
    });
    tracker.done(anOutcome("2024-03-04"), []);
    await clock.advance(500);
    tracker.done(anOutcome("2024-03-05"), []);
    await clock.advance(10_000);
    expect(failures).toEqual([]);
    expect(published[0]?.days).toEqual(["2024-03-04", "2024-03-05"]);
    expect(events.deltas.flatMap((delta) => delta.days)).toEqual(["2024-03-04", "2024-03-05"]);
  });
  test("with nothing but live state to tell is made up for too", async () => {
    const { clock, published, tracker } = tracking(undefined, (turn) => {
      if (turn === 1) throw new DatabaseAwayError("gone");
    });
    tracker.fetching("2024-03-04");
    await clock.advance(10_000);
    expect(published[0]?.live.current_date).toBe("2024-03-04");
  });
  test("because the lease is lost ends the run", async () => {
    const { clock, failures, tracker } = tracking(undefined, () => {
      throw new LeaseLostError("epoch 1 is over");
    });
    tracker.done(anOutcome("2024-03-04"), []);
    await clock.advance(300);
    expect(failures[0]).toBeInstanceOf(LeaseLostError);
    await tracker.end();
    expect(clock.sleeping()).toBe(0);
  });
});

describe("the end of a run", () => {
  test("leaves no timer, publishes nothing more by itself", async () => {
    const { clock, published, tracker } = tracking();
    tracker.fetching("2024-03-04");
    await tracker.end();
    await clock.advance(10_000);
    expect(published).toEqual([]);
    expect(clock.sleeping()).toBe(0);
  });
  test("tells the outcomes that were not told yet when it is flushed", async () => {
    const { events, published, tracker } = tracking();
    tracker.done(anOutcome("2024-03-04"), []);
    await tracker.flush();
    expect(published).toMatchObject([{ days: ["2024-03-04"], counts: { success: 1 } }]);
    expect(events.deltas).toHaveLength(1);
    await tracker.flush();
    expect(published).toHaveLength(1);
  });
  test("a flush that fails does not fail the run: the days are in the table", async () => {
    const { tracker } = tracking(undefined, () => {
      throw new DatabaseAwayError("gone");
    });
    tracker.done(anOutcome("2024-03-04"), []);
    await expect(tracker.flush()).resolves.toBeUndefined();
  });
});

describe("the running task in memory", () => {
  test("counts outcomes at once, before anything is published", () => {
    const { tracker } = tracking();
    tracker.done(anOutcome("2024-03-04", { rows: 90, suspect: true }), []);
    tracker.done(
      anOutcome("2024-03-05", { status: "failed", reason: "source_empty", rows: 0, error: { code: "source_empty", params: {} } }),
      [],
    );
    expect(tracker.record()).toMatchObject({
      success: 1,
      suspect: 1,
      failed: 1,
      rows: 90,
      errors: [{ date: "2024-03-05", code: "source_empty" }],
    });
  });
  test("begins with what an interrupted run had done, and never falls below it", () => {
    const plan = [
      aFetch("2024-03-04", anOutcome("2024-03-04")),
      aSkip("2024-03-05", "holiday", anOutcome("2024-03-05", { status: "skipped" })),
      aFetch("2024-03-06"),
    ];
    const { tracker } = tracking(plan, undefined, { success: 1, skipped: 1, rows: 100 });
    expect(tracker.record()).toMatchObject({ success: 1, skipped: 1, rows: 100 });
    tracker.done(anOutcome("2024-03-06"), []);
    expect(tracker.record()).toMatchObject({ success: 2, skipped: 1, rows: 200 });
  });
  test("counts an outcome that is told twice once", () => {
    const { tracker } = tracking();
    tracker.done(anOutcome("2024-03-04"), []);
    tracker.done(anOutcome("2024-03-04"), []);
    expect(tracker.record()).toMatchObject({ success: 1, rows: 100 });
  });
  test("keeps the last ten errors, newest first", () => {
    const plan = Array.from({ length: 12 }, (_, index) => aFetch(`2024-04-${String(index + 1).padStart(2, "0")}` as Day));
    const { tracker } = tracking(plan);
    for (const { date } of plan)
      tracker.done(anOutcome(date, { status: "failed", reason: "timeout", error: { code: "timeout", params: {} } }), []);
    const dates = tracker.record().errors.map((error) => error.date);
    expect(dates).toHaveLength(10);
    expect([dates[0], dates[9]]).toEqual(["2024-04-12", "2024-04-03"]);
  });
  test("tells the time left from fetched days alone: skipped ones neither count nor hurry", async () => {
    const fetched = tracking(
      Array.from({ length: 20 }, (_, index) => aFetch(`2024-04-${String(index + 1).padStart(2, "0")}` as Day)),
    );
    const skips = Array.from({ length: 9 }, (_, index) => aSkip(`2024-05-0${index + 1}` as Day));
    const mixed = tracking([
      ...Array.from({ length: 20 }, (_, index) => aFetch(`2024-04-${String(index + 1).padStart(2, "0")}` as Day)),
      ...skips,
    ]);
    for (const run of [fetched, mixed]) {
      for (let index = 1; index <= 6; index += 1) {
        await run.clock.advance(2_000);
        run.tracker.done(anOutcome(`2024-04-0${index}` as Day), run === mixed && index === 1 ? skips : []);
      }
    }
    expect(fetched.tracker.record().live?.eta).not.toBeNull();
    expect(mixed.tracker.record().live?.eta).toEqual(fetched.tracker.record().live?.eta);
  });
});
