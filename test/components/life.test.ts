import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";
import { keys } from "@/components/data/keys";
import { noteChange } from "@/components/live/freshen";
import { timeLeftOf } from "@/components/progress/eta";
import { wordOfEnd } from "@/components/shell/ended";
import { consequencesOf, placeInQueue, retryOf } from "@/components/sync/consequences";
import { withEcho } from "@/components/sync/echo";
import type { SyncState } from "@/lib/contract/events";
import type { Progress } from "@/lib/contract/task";

const aProgress = (over: Partial<Progress> = {}) =>
  ({
    task_id: "a",
    task_type: "web_batch",
    status: "running",
    success: 10,
    failed: 1,
    skipped: 19,
    fetch_days: 21,
    current_date: "2025-10-22",
    start_time: "2025-11-19T14:02:11+08:00",
    eta_range: [10, 20],
    wait: null,
    priority: 5,
    seq: 7,
    ...over,
  }) as Progress;

const aState = (over: Partial<SyncState>) =>
  ({
    current: null,
    last: null,
    queue: { tasks: [], count: 0 },
    paused: { tasks: [], count: 0 },
    database: { ok: true, ms: 1 },
    ...over,
  }) as SyncState;

test("a command shows at once what it leads to", () => {
  expect(withEcho(aProgress(), { command: "pause", from: "running" }).status).toBe("pausing");
  expect(withEcho(aProgress(), { command: "cancel", from: "running" }).status).toBe("cancelling");
  expect(withEcho(aProgress({ status: "paused" }), { command: "resume", from: "paused" }).status).toBe("queued");
});

test("whatever else the server says wins over the echo, and an impossible command echoes nothing", () => {
  expect(withEcho(aProgress({ status: "completed" }), { command: "pause", from: "running" }).status).toBe("completed");
  expect(withEcho(aProgress({ status: "completed" }), { command: "cancel", from: "completed" }).status).toBe("completed");
});

test("cancelling keeps the stored days, rolls back the day in work and leaves the rest of the plan", () => {
  expect(consequencesOf(aProgress())).toEqual({ stay: 10, rolledBack: "2025-10-22", notFetched: 9 });
  expect(consequencesOf(aProgress({ status: "paused", current_date: null }))).toEqual({
    stay: 10,
    rolledBack: null,
    notFetched: 10,
  });
});

test("before there is a plan nobody knows how many days are not fetched", () => {
  expect(consequencesOf(aProgress({ success: 0, failed: 0, fetch_days: 0, current_date: null })).notFetched).toBeNull();
});

test("a retry takes the failed days of a completed task and all open ones of a stopped task", () => {
  expect(retryOf(aProgress({ status: "completed", success: 18, failed: 3 }))).toEqual({ only: "failed", days: 3 });
  expect(retryOf(aProgress({ status: "cancelled" }))).toEqual({ only: "unfinished", days: 11 });
  expect(retryOf(aProgress({ status: "cancelled", success: 20, failed: 1 }))).toEqual({ only: "failed", days: 1 });
});

test("there is nothing to retry while a task runs, when all went well, or in a verification", () => {
  expect(retryOf(aProgress())).toBeNull();
  expect(retryOf(aProgress({ status: "completed", success: 21, failed: 0 }))).toBeNull();
  expect(retryOf(aProgress({ status: "completed", task_type: "verify" }))).toBeNull();
});

test("a task stands behind resumed ones and older ones of its priority", () => {
  const queue = [
    aProgress({ priority: 1 }),
    aProgress({ start_time: null, priority: 9 }),
    aProgress({ start_time: null, priority: 5 }),
  ];
  expect(placeInQueue(queue, 9)).toBe(3);
  expect(placeInQueue(queue, 5)).toBe(4);
  expect(placeInQueue([], 0)).toBe(1);
});

test("a task that began and paused between two states makes the lists of tasks and the days of the wall old", () => {
  const queries = new QueryClient();
  queries.setQueryData(keys.tasks, []);
  queries.setQueryData(keys.coverage, []);
  const paused = { tasks: [aProgress({ status: "paused" })], count: 1 };
  noteChange(queries, aState({ paused }), aState({ paused }));
  expect(queries.getQueryState(keys.tasks)?.isInvalidated).toBe(false);
  noteChange(queries, aState({}), aState({ paused }));
  expect(queries.getQueryState(keys.tasks)?.isInvalidated).toBe(true);
  expect(queries.getQueryState(keys.coverage)?.isInvalidated).toBe(true);
});

test("a changed queue makes the lists of tasks old", () => {
  const queries = new QueryClient();
  queries.setQueryData(keys.tasks, []);
  const waiting = aProgress({ status: "queued" });
  noteChange(queries, aState({}), aState({ queue: { tasks: [waiting], count: 1 } }));
  expect(queries.getQueryState(keys.tasks)?.isInvalidated).toBe(true);
});

test("time left is not promised for a task that is paused, cancelled or waits", () => {
  expect(timeLeftOf(aProgress({ status: "pausing" }), 0).kind).toBe("paused");
  expect(timeLeftOf(aProgress({ status: "cancelling" }), 0).kind).toBe("cancelled");
  expect(timeLeftOf(aProgress({ status: "queued" }), 0).kind).toBe("queued");
  expect(timeLeftOf(aProgress(), 0).kind).toBe("range");
});

test("the tab tells done, cancelled, stopped and paused apart", () => {
  const ended = (status: Progress["status"]) => wordOfEnd("a", aState({ last: aProgress({ status }) }));
  expect([ended("completed"), ended("cancelled"), ended("failed")]).toEqual(["done", "cancelled", "failed"]);
  const last = aProgress({ task_id: "b", status: "completed" });
  expect(wordOfEnd("a", aState({ last, paused: { tasks: [aProgress({ status: "paused" })], count: 1 } }))).toBe("paused");
  expect(wordOfEnd("a", aState({ last, queue: { tasks: [aProgress({ status: "queued" })], count: 1 } }))).toBe("paused");
  // It ended, and so did another one before anybody was told.
  expect(wordOfEnd("a", aState({ last }))).toBe("done");
});
