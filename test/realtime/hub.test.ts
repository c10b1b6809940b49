import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Day } from "@/lib/contract/day";
import type { CoverageChanged, SyncDays, SyncState } from "@/lib/contract/events";
import type { TaskDay } from "@/lib/contract/task";
import { createHub } from "@/server/realtime/hub";
import type { Snapshot } from "@/server/sync/asked/reads";
import type { TaskRecord } from "@/server/sync/task/task-record";
import { createFakeLog } from "../support/fakes";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const NO_QUEUE: Snapshot["queue"] = { tasks: [], count: 0 };
const ALONE: Pick<Snapshot, "instances" | "watchingElsewhere" | "leaseLeftMs" | "rivals"> = {
  instances: [],
  watchingElsewhere: 0,
  leaseLeftMs: null,
  rivals: [],
};
const instance = { id: "me", name: "here:1", address: "", version: "", fingerprint: "" };

function task(task_id: string, more: Partial<TaskRecord> = {}): TaskRecord {
  return {
    task_id,
    task_type: "web_batch",
    status: "running",
    start_date: "2024-01-02",
    end_date: "2024-01-05",
    total_days: 4,
    options: { force: false, accept_incomplete: false, order: "asc" },
    source: "sample",
    started_by: null,
    created_ms: 0,
    started_ms: 0,
    finished_ms: null,
    epoch: 1,
    holder: null,
    takeovers: 0,
    predicted: null,
    total: 4,
    fetch_days: 4,
    success: 0,
    failed: 0,
    skipped: 0,
    suspect: 0,
    rows: 0,
    seq: 0,
    days_seq: 0,
    live: null,
    error: null,
    priority: 5,
    paused_by: null,
    pause_reason: null,
    pause_detail: null,
    pauses: 0,
    resume_ms: null,
    cancelled_by: null,
    errors: [],
    ...more,
  };
}

const day = (date: Day): TaskDay => ({
  date,
  status: "success",
  reason: null,
  rows: 1,
  rejected: 0,
  suspect: false,
  warnings: [],
  duration_ms: 1,
  attempts: 1,
  error: null,
  source: "sample",
  diff: null,
});

/** A hub over a database that the test writes by hand. */
function open() {
  const heard = { states: [] as SyncState[], days: [] as SyncDays[], coverage: [] as CoverageChanged[] };
  const world = {
    mine: null as TaskRecord | null,
    stored: { current: null, last: null, ...ALONE, queue: NO_QUEUE } as Snapshot,
    deltas: {} as Record<string, { days_seq: number; days: TaskDay[] }[]>,
    looks: 0,
    fault: null as string | null,
    /** What a look waits for before it answers with what it saw when it began. */
    slow: Promise.resolve(),
  };
  const log = createFakeLog();
  const hub = createHub({
    reads: {
      async snapshot() {
        world.looks += 1;
        if (world.fault) throw new Error(world.fault);
        const seen = { ...world.stored };
        await world.slow;
        return seen;
      },
      daysSince: async (taskId, daysSeq) => (world.deltas[taskId] ?? []).filter((delta) => delta.days_seq > daysSeq),
    },
    current: () => world.mine,
    today: () => "2024-01-05",
    instance,
    zone: "Asia/Shanghai",
    broadcast: {
      state: (state) => void heard.states.push(state),
      days: (days) => void heard.days.push(days),
      coverage: (range) => void heard.coverage.push(range),
      schedule: () => {},
      watching: () => 1,
    },
    log,
  });
  return { hub, heard, world, log };
}

const numbers = (days: SyncDays[]) => days.map((delta) => `${delta.task_id} ${delta.days_seq}`);

test("a hundred changes a second are four states a second, and the last change is in the last one", async () => {
  const { hub, heard, world } = open();
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
  const { hub, heard, world } = open();
  await hub.open();
  world.mine = task("a");
  world.stored = { current: task("a"), last: null, ...ALONE, queue: NO_QUEUE };
  let answer = () => {};
  world.slow = new Promise((resolve) => {
    answer = resolve;
  });
  await vi.advanceTimersByTimeAsync(2_000);
  // The look has begun and saw the task running; now it ends.
  world.stored = { current: null, last: task("a", { status: "completed", finished_ms: 1 }), ...ALONE, queue: NO_QUEUE };
  world.mine = null;
  hub.events.taskChanged();
  answer();
  await vi.advanceTimersByTimeAsync(300);
  expect(heard.states.at(-1)).toMatchObject({ current: null, last: { task_id: "a", status: "completed" } });
  await hub.close();
});

test("progress does not fall to what an old look saw when a task has ended here and the database was not asked again yet", async () => {
  const { hub, heard, world } = open();
  // Every look saw the task just begun: the last one too.
  world.stored = { current: task("a"), last: null, ...ALONE, queue: NO_QUEUE };
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

test("days of another instance are told once, in order, with a hint at their coverage", async () => {
  const { hub, heard, world } = open();
  world.stored = { current: task("a", { days_seq: 2 }), last: null, ...ALONE, queue: NO_QUEUE };
  world.deltas["a"] = [
    { days_seq: 1, days: [day("2024-01-02")] },
    { days_seq: 2, days: [day("2024-01-03")] },
  ];
  await hub.open();
  expect(heard.days).toEqual([]);
  world.deltas["a"].push({ days_seq: 3, days: [day("2024-01-05"), day("2024-01-04")] });
  world.stored = { current: task("a", { days_seq: 3 }), last: null, ...ALONE, queue: NO_QUEUE };
  await vi.advanceTimersByTimeAsync(5_000);
  expect(numbers(heard.days)).toEqual(["a 3"]);
  expect(heard.coverage).toEqual([{ from: "2024-01-04", to: "2024-01-05" }]);
  await hub.close();
});

test("tasks that came and went between two looks are told to their end", async () => {
  const { hub, heard, world } = open();
  world.stored = { current: task("a", { days_seq: 1 }), last: null, ...ALONE, queue: NO_QUEUE };
  await hub.open();
  world.deltas["a"] = [{ days_seq: 2, days: [day("2024-01-02")] }];
  world.deltas["c"] = [{ days_seq: 1, days: [day("2024-01-04")] }];
  world.stored = { current: task("c", { days_seq: 1 }), last: task("b", { finished_ms: 1 }), ...ALONE, queue: NO_QUEUE };
  await vi.advanceTimersByTimeAsync(2_000);
  expect(numbers(heard.days).toSorted()).toEqual(["a 2", "c 1"]);
  await hub.close();
});

test("what was told from memory is not told again from the database, but what the end added is", async () => {
  const { hub, heard, world } = open();
  await hub.open();
  world.mine = task("a");
  hub.events.taskChanged();
  hub.events.daysChanged("a", 1, [day("2024-01-02")]);
  world.stored = { current: task("a", { days_seq: 1 }), last: null, ...ALONE, queue: NO_QUEUE };
  await vi.advanceTimersByTimeAsync(2_000);
  world.deltas["a"] = [
    { days_seq: 1, days: [day("2024-01-02")] },
    { days_seq: 2, days: [day("2024-01-03")] },
  ];
  world.stored = {
    current: null,
    last: task("a", { status: "completed", finished_ms: 1, days_seq: 2 }),
    ...ALONE,
    queue: NO_QUEUE,
  };
  world.mine = null;
  hub.events.taskChanged();
  await vi.advanceTimersByTimeAsync(300);
  expect(numbers(heard.days)).toEqual(["a 1", "a 2"]);
  await hub.close();
});

test("a change of the queue is looked up and told at once, also while a task runs here", async () => {
  const { hub, heard, world } = open();
  await hub.open();
  world.mine = task("a");
  world.stored = { current: task("a"), last: null, ...ALONE, queue: { tasks: [task("b", { status: "queued" })], count: 1 } };
  hub.events.queueChanged();
  await vi.advanceTimersByTimeAsync(300);
  expect(heard.states.at(-1)).toMatchObject({ current: { task_id: "a" }, queue: { tasks: [{ task_id: "b" }], count: 1 } });
  await hub.close();
});

test("a hundred words a second of other instances are four looks a second, and the last one is looked after", async () => {
  const { hub, heard, world } = open();
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
  const { hub, world } = open();
  await hub.open();
  await vi.advanceTimersByTimeAsync(1_000);
  const looks = world.looks;
  hub.lookSoon();
  await vi.advanceTimersByTimeAsync(1);
  expect(world.looks).toBe(looks + 1);
  await hub.close();
});

test("who watches is counted over all instances, and what was seen grows older until the next look", async () => {
  const { hub, world } = open();
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
  const { hub, heard, world } = open();
  await hub.open();
  hub.events.daysChanged("a", 1, [day("2024-01-02")]);
  hub.events.taskChanged();
  hub.lookSoon();
  hub.hintCoverage("2024-01-02", "2024-01-02");
  await hub.close();
  hub.lookSoon();
  const looks = world.looks;
  const told = heard.states.length;
  await vi.advanceTimersByTimeAsync(10_000);
  expect([world.looks, heard.states.length, heard.coverage.length]).toEqual([looks, told, 0]);
});

test("a database that is away all night is one line in the log, and one more when it goes away again", async () => {
  const { hub, world, log } = open();
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
