import { QueryClient } from "@tanstack/react-query";
import { describe, expect, it } from "vitest";
import { keys } from "@/components/data/keys";
import { newerTask } from "@/components/data/newer-task";
import { endQuery, taskQuery } from "@/components/data/task";
import { freshenTask, isOnAnotherDay, noteChange, noteCoverage } from "@/components/live/freshen";
import type { SyncState } from "@/lib/contract/events";
import type { Progress, TaskSummary } from "@/lib/contract/task";
import { aTaskDay } from "../support/builders";

const aProgress = (over: Partial<Progress> = {}) =>
  ({ task_id: "a", status: "running", seq: 7, total: 20, fetch_days: 15, success: 3, ...over }) as Progress;
const aSummary = (over: Partial<TaskSummary> = {}) =>
  ({ ...aProgress(), predicted: null, holder: "here", takeovers: 0, activity: [], ...over }) as TaskSummary;
const waiting = (...tasks: Progress[]) => ({ tasks, count: tasks.length });
const aState = (over: Partial<SyncState> = {}) =>
  ({
    today: "2025-11-19",
    last_due_day: "2025-11-18",
    epoch: 5,
    current: null,
    last: null,
    queue: waiting(),
    paused: waiting(),
    database: { ok: true, ms: 1 },
    ...over,
  }) as SyncState;

const READ = [
  keys.console,
  keys.coverageOf("2025-10-01", "2025-11-19"),
  keys.previewOf({ start_date: "2025-10-01", end_date: "2025-11-19" }),
  keys.tasksOf({ limit: 5 }),
  keys.task("a"),
  keys.taskDays("a"),
  keys.dayRows("2025-11-18", ""),
  keys.schedules,
  keys.settings,
  keys.source,
];

/** Everything that pages read, read a moment ago. */
function everythingRead() {
  const queries = new QueryClient();
  for (const key of READ) queries.setQueryData(key, []);
  const isOld = (key: readonly unknown[]) => queries.getQueryState(key)?.isInvalidated;
  return { queries, isOld, old: () => READ.filter(isOld) };
}

const OF_TASKS_AND_DAYS = READ.slice(0, 7);

describe("what was read is old", () => {
  it("when it was asked for before the first state: nobody told of what happened in between", () => {
    const { queries, old } = everythingRead();
    noteChange(queries, null, aState());
    expect(old()).toEqual(READ);
  });

  it("from the publish hour and from midnight on", () => {
    for (const next of [{ last_due_day: "2025-11-19" }, { today: "2025-11-20" }] as const) {
      const { queries, old } = everythingRead();
      noteChange(queries, aState(), aState(next));
      expect(old()).toEqual(READ);
    }
  });

  it("when the lease changed hands, though every task looks as before", () => {
    const { queries, old } = everythingRead();
    const current = aProgress();
    // A takeover, a pause and its end, a test of the source, a recount of a day on another instance.
    noteChange(queries, aState({ current }), aState({ current, epoch: 7 }));
    expect(old()).toEqual(OF_TASKS_AND_DAYS);
  });

  it("when somebody did something to a task that waits, though it waits in its place as before", () => {
    for (const place of ["queue", "paused"] as const) {
      const { queries, old } = everythingRead();
      noteChange(
        queries,
        aState({ [place]: waiting(aProgress({ seq: 7 })) }),
        aState({ [place]: waiting(aProgress({ seq: 8 })) }),
      );
      expect(old()).toEqual(OF_TASKS_AND_DAYS);
    }
  });

  it("when a task that waited began and ended between two states, and its days with it", () => {
    const { queries, isOld } = everythingRead();
    const before = aState({ queue: waiting(aProgress({ status: "queued" })) });
    noteChange(queries, before, aState({ last: aProgress({ task_id: "b", status: "completed" }) }));
    expect(isOld(keys.taskDays("a"))).toBe(true);
    expect(isOld(keys.task("a"))).toBe(true);
  });

  it("of the rows of a day, when coverage changed", () => {
    const { queries, isOld } = everythingRead();
    noteCoverage(queries);
    expect(isOld(keys.dayRows("2025-11-18", ""))).toBe(true);
  });

  it("on the wall, when another day is taken up, long before that day is over", () => {
    const on = (current_date: Progress["current_date"]) => aState({ current: aProgress({ current_date }) });
    expect(isOnAnotherDay(on(null), on("2025-11-17"))).toBe(true);
    expect(isOnAnotherDay(on("2025-11-17"), on("2025-11-18"))).toBe(true);
    expect(isOnAnotherDay(on("2025-11-18"), on("2025-11-18"))).toBe(false);
  });

  it("not when only numbers moved", () => {
    const { queries, old } = everythingRead();
    noteChange(queries, aState({ current: aProgress() }), aState({ current: aProgress({ seq: 8, success: 4 }) }));
    expect(old()).toEqual([]);
  });
});

describe("a pushed number", () => {
  it("does not make young what was found old", () => {
    const queries = new QueryClient();
    queries.setQueryData(keys.task("a"), aSummary(), { updatedAt: 1 });
    void queries.invalidateQueries({ queryKey: keys.task("a") });
    freshenTask(queries, aState({ current: aProgress({ seq: 8, success: 4 }) }));
    expect(queries.getQueryData<TaskSummary>(keys.task("a"))?.success).toBe(4);
    expect(queries.getQueryState(keys.task("a"))).toMatchObject({ isInvalidated: true, dataUpdatedAt: 1 });
  });

  it("of a plan makes the task old that was read before it: what was predicted is not pushed", () => {
    const queries = new QueryClient();
    queries.setQueryData(keys.task("a"), aSummary({ fetch_days: 0 }));
    freshenTask(queries, aState({ current: aProgress({ seq: 8 }) }));
    expect(queries.getQueryState(keys.task("a"))?.isInvalidated).toBe(true);
  });

  it("of a plan makes the days old that were read before it was written, and only those", () => {
    const queries = new QueryClient();
    const held = (count: number) => ({
      task_id: "a",
      days_seq: 0,
      days: Array.from({ length: count }, () => aTaskDay("2025-11-18", "pending")),
    });
    queries.setQueryData(keys.taskDays("a"), held(0));
    freshenTask(queries, aState({ current: aProgress({ fetch_days: 0 }) }));
    expect(queries.getQueryState(keys.taskDays("a"))?.isInvalidated).toBe(false);
    freshenTask(queries, aState({ current: aProgress() }));
    expect(queries.getQueryState(keys.taskDays("a"))?.isInvalidated).toBe(true);
    queries.setQueryData(keys.taskDays("a"), held(20));
    freshenTask(queries, aState({ current: aProgress() }));
    expect(queries.getQueryState(keys.taskDays("a"))?.isInvalidated).toBe(false);
  });
});

describe("a task that is read while it runs", () => {
  it("does not turn back to the numbers it had when it was asked for", async () => {
    const queries = new QueryClient();
    queries.setQueryData(keys.task("a"), aSummary(), { updatedAt: 1 });
    let answer = (_: TaskSummary) => {};
    const reading = new Promise<TaskSummary>((resolve) => {
      answer = resolve;
    });
    const read = queries.fetchQuery(taskQuery("a", () => reading));
    freshenTask(queries, aState({ current: aProgress({ seq: 9, success: 5 }) }));
    answer(aSummary({ seq: 8, success: 4, takeovers: 1 }));
    await read;
    expect(queries.getQueryData(keys.task("a"))).toMatchObject({ seq: 9, success: 5, takeovers: 1 });
  });

  it("takes what was read where that is newer", () => {
    expect(newerTask(aSummary({ seq: 8 }), aSummary({ seq: 9, success: 6 }))).toMatchObject({ seq: 9, success: 6 });
    expect(newerTask(undefined, aSummary())).toEqual(aSummary());
  });

  it("is asked anew how it ended, whatever question is under way", async () => {
    const queries = new QueryClient();
    void queries.fetchQuery(taskQuery("a", () => new Promise(() => {})));
    const ended = await queries.fetchQuery(endQuery("a", async () => aSummary({ status: "completed" })));
    expect(ended.status).toBe("completed");
  });
});
