import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { SyncDays } from "@/lib/contract/events";
import type { Day } from "@/lib/contract/day";
import { aTaskDay } from "../support/builders";
import { NOTHING_SEEN } from "@/server/realtime/seen-tasks";
import { openHub, task } from "./hub-world";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const aDay = (date: Day) => aTaskDay(date, "success");
const numbers = (days: SyncDays[]) => days.map((delta) => `${delta.task_id} ${delta.days_seq}`);

test("days of another instance are told once, in order, with a hint at their coverage", async () => {
  const { hub, heard, world } = openHub();
  world.stored = { ...NOTHING_SEEN, current: task("a", { days_seq: 2 }) };
  world.deltas["a"] = [
    { days_seq: 1, days: [aDay("2024-01-02")] },
    { days_seq: 2, days: [aDay("2024-01-03")] },
  ];
  await hub.open();
  expect(heard.days).toEqual([]);
  world.deltas["a"].push({ days_seq: 3, days: [aDay("2024-01-05"), aDay("2024-01-04")] });
  world.stored = { ...NOTHING_SEEN, current: task("a", { days_seq: 3 }) };
  await vi.advanceTimersByTimeAsync(5_000);
  expect(numbers(heard.days)).toEqual(["a 3"]);
  expect(heard.coverage).toEqual([{ from: "2024-01-04", to: "2024-01-05" }]);
  await hub.close();
});

test("tasks that came and went between two looks are told to their end", async () => {
  const { hub, heard, world } = openHub();
  world.stored = { ...NOTHING_SEEN, current: task("a", { days_seq: 1 }) };
  await hub.open();
  world.deltas["a"] = [{ days_seq: 2, days: [aDay("2024-01-02")] }];
  world.deltas["c"] = [{ days_seq: 1, days: [aDay("2024-01-04")] }];
  world.stored = { ...NOTHING_SEEN, current: task("c", { days_seq: 1 }), last: task("b", { finished_ms: 1 }) };
  await vi.advanceTimersByTimeAsync(2_000);
  expect(numbers(heard.days).toSorted()).toEqual(["a 2", "c 1"]);
  await hub.close();
});

test("what was told from memory is not told again from the database, but what the end added is", async () => {
  const { hub, heard, world } = openHub();
  await hub.open();
  world.mine = task("a");
  hub.events.taskChanged();
  hub.events.daysChanged("a", 1, [aDay("2024-01-02")]);
  world.stored = { ...NOTHING_SEEN, current: task("a", { days_seq: 1 }) };
  await vi.advanceTimersByTimeAsync(2_000);
  world.deltas["a"] = [
    { days_seq: 1, days: [aDay("2024-01-02")] },
    { days_seq: 2, days: [aDay("2024-01-03")] },
  ];
  world.stored = { ...NOTHING_SEEN, last: task("a", { status: "completed", finished_ms: 1, days_seq: 2 }) };
  world.mine = null;
  hub.events.taskChanged();
  await vi.advanceTimersByTimeAsync(300);
  expect(numbers(heard.days)).toEqual(["a 1", "a 2"]);
  await hub.close();
});
