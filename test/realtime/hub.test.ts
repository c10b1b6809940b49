import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { aTaskDay } from "../support/builders";
import { NOTHING_SEEN } from "@/server/realtime/seen-tasks";
import { openHub, task } from "./hub-world";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("a hundred changes a second are four states a second, and the last change is in the last one", async () => {
  const { hub, heard, world } = openHub();
  await hub.open();
  await vi.advanceTimersByTimeAsync(1_000);
  heard.states.length = 0;
  for (let change = 1; change <= 100; change += 1) {
    world.mine = task("a", { success: change, total: 200 });
    hub.events.taskChanged();
    await vi.advanceTimersByTimeAsync(10);
  }
  expect(heard.states).toHaveLength(4);
  await vi.advanceTimersByTimeAsync(250);
  expect(heard.states.at(-1)?.current?.success).toBe(100);
  expect(heard.states.map((state) => state.seq)).toEqual(
    [...heard.states.keys()].map((index) => (heard.states[0]?.seq ?? 0) + index),
  );
  await hub.close();
});

test("a task that ends while the database is being asked is not shown as running by that old answer", async () => {
  const { hub, heard, world } = openHub();
  await hub.open();
  world.mine = task("a");
  world.stored = { ...NOTHING_SEEN, current: task("a") };
  let answer = () => {};
  world.slow = new Promise((resolve) => {
    answer = resolve;
  });
  await vi.advanceTimersByTimeAsync(2_000);
  // The look has begun and saw the task running; now it ends.
  world.stored = { ...NOTHING_SEEN, last: task("a", { status: "completed", finished_ms: 1 }) };
  world.mine = null;
  hub.events.taskChanged();
  answer();
  await vi.advanceTimersByTimeAsync(300);
  expect(heard.states.at(-1)).toMatchObject({ current: null, last: { task_id: "a", status: "completed" } });
  await hub.close();
});

test("progress does not fall to what an old look saw when a task has ended here and the database was not asked again yet", async () => {
  const { hub, heard, world } = openHub();
  // Every look saw the task just begun: the last one too.
  world.stored = { ...NOTHING_SEEN, current: task("a") };
  await hub.open();
  world.mine = task("a", { success: 3 });
  hub.events.taskChanged();
  await vi.advanceTimersByTimeAsync(300);
  let answer = () => {};
  world.slow = new Promise((resolve) => {
    answer = resolve;
  });
  // A look under way, begun before the end, answers after it.
  await vi.advanceTimersByTimeAsync(1_700);
  world.mine = null;
  hub.watchersChanged();
  answer();
  await vi.advanceTimersByTimeAsync(300);
  hub.watchersChanged();
  await vi.advanceTimersByTimeAsync(300);
  expect(heard.states.map(({ current }) => current?.current)).toEqual([3, 3, 3]);
  // The next look has begun after the end: what it sees is how it is, also where another instance went on from less.
  world.stored = { ...world.stored, current: task("a", { success: 2 }) };
  await vi.advanceTimersByTimeAsync(3_000);
  expect(heard.states.at(-1)?.current?.current).toBe(2);
  await hub.close();
});

test("the state says which day is due by now and how often the lease changed hands, as soon as either is another", async () => {
  const { hub, heard, world } = openHub();
  await hub.open();
  await vi.advanceTimersByTimeAsync(300);
  expect(heard.states.at(-1)).toMatchObject({ last_due_day: "2024-01-04", epoch: null });
  world.lastDueDay = "2024-01-05";
  world.stored = { ...world.stored, epoch: 8 };
  await vi.advanceTimersByTimeAsync(2_300);
  expect(heard.states.at(-1)).toMatchObject({ last_due_day: "2024-01-05", epoch: 8 });
  await hub.close();
});

test("a change of the queue is looked up and told at once, also while a task runs here", async () => {
  const { hub, heard, world } = openHub();
  await hub.open();
  world.mine = task("a");
  world.stored = { ...NOTHING_SEEN, current: task("a"), queue: { tasks: [task("b", { status: "queued" })], count: 1 } };
  hub.events.queueChanged();
  await vi.advanceTimersByTimeAsync(300);
  expect(heard.states.at(-1)).toMatchObject({ current: { task_id: "a" }, queue: { tasks: [{ task_id: "b" }], count: 1 } });
  await hub.close();
});

test("a task that is paused is told to who watches, and not twice once it runs here again", async () => {
  const { hub, heard, world } = openHub();
  const paused = [task("b", { status: "paused" }), task("a", { status: "paused" })];
  world.stored = { ...NOTHING_SEEN, paused: { tasks: paused, count: 25 } };
  await hub.open();
  await vi.advanceTimersByTimeAsync(300);
  const told = () => heard.states.at(-1)?.paused;
  expect(told()?.tasks.map(({ task_id }) => task_id)).toEqual(["b", "a"]);
  world.mine = task("b");
  hub.events.taskChanged();
  await vi.advanceTimersByTimeAsync(300);
  expect(told()).toMatchObject({ tasks: [{ task_id: "a" }], count: 24 });
  await hub.close();
});

test("a hundred words a second of other instances are four looks a second, and the last one is looked after", async () => {
  const { hub, heard, world } = openHub();
  await hub.open();
  await vi.advanceTimersByTimeAsync(100);
  world.looks = 0;
  for (let word = 1; word <= 100; word += 1) {
    world.stored = { ...world.stored, current: task("a", { success: word, total: 200 }) };
    hub.lookSoon();
    await vi.advanceTimersByTimeAsync(10);
  }
  // Four by the words, and its own look every two seconds may come among them.
  expect(world.looks).toBeGreaterThanOrEqual(4);
  expect(world.looks).toBeLessThanOrEqual(5);
  await vi.advanceTimersByTimeAsync(600);
  expect(heard.states.at(-1)?.current?.success).toBe(100);
  await hub.close();
});

test("the first word of another instance is looked after at once", async () => {
  const { hub, world } = openHub();
  await hub.open();
  await vi.advanceTimersByTimeAsync(1_000);
  const looks = world.looks;
  hub.lookSoon();
  await vi.advanceTimersByTimeAsync(1);
  expect(world.looks).toBe(looks + 1);
  await hub.close();
});

test("who watches is counted over all instances, and what was seen grows older until the next look", async () => {
  const { hub, world } = openHub();
  world.stored = {
    ...world.stored,
    instances: [
      { id: "me", name: "here:1", holder: false, renewed_ms_ago: null },
      { id: "other", name: "there:2", holder: true, renewed_ms_ago: 300 },
    ],
    watchingElsewhere: 2,
    leaseLeftMs: 14_700,
  };
  await hub.open();
  await vi.advanceTimersByTimeAsync(1_500);
  expect(hub.state()).toMatchObject({
    watching: 3,
    instances: [{ renewed_ms_ago: null }, { holder: true, renewed_ms_ago: 1_800 }],
  });
  expect(hub.leaseLeftMs()).toBe(13_200);
  await hub.close();
});

test("a closed hub asks and tells nothing more", async () => {
  const { hub, heard, world } = openHub();
  await hub.open();
  hub.events.daysChanged("a", 1, [aTaskDay("2024-01-02", "success")]);
  hub.events.taskChanged();
  hub.lookSoon();
  hub.hintCoverage("2024-01-02", "2024-01-02");
  await hub.close();
  hub.lookSoon();
  const looks = world.looks;
  // A server that is stopped while it starts.
  await hub.open();
  const told = heard.states.length;
  await vi.advanceTimersByTimeAsync(10_000);
  expect([world.looks, heard.states.length, heard.coverage.length]).toEqual([looks, told, 0]);
});

test("a database that is away all night is one line in the log, and one more when it goes away again", async () => {
  const { hub, world, log } = openHub();
  await hub.open();
  const away = async () => {
    world.fault = "nobody answers";
    await vi.advanceTimersByTimeAsync(20_000);
    world.fault = null;
    await vi.advanceTimersByTimeAsync(4_000);
    return log.lines.map(({ message }) => message);
  };
  expect(await away()).toEqual(["the state could not be read"]);
  expect(await away()).toHaveLength(2);
  await hub.close();
});
