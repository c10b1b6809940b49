import type { CoverageChanged, SyncDays, SyncState } from "@/lib/contract/events";
import type { Day } from "@/lib/contract/day";
import type { TaskDay } from "@/lib/contract/task";
import { createHub } from "@/server/realtime/hub";
import { NOTHING_SEEN } from "@/server/realtime/seen-tasks";
import type { TaskRecord } from "@/server/sync/task/task-record";
import { aTask } from "../support/builders";
import { createFakeLog } from "../support/fakes";

const instance = { id: "me", name: "here:1", address: "", version: "", fingerprint: "" };

/** A hub over a database that the test writes by hand, on the timers of vitest. */
export function openHub() {
  const heard = { states: [] as SyncState[], days: [] as SyncDays[], coverage: [] as CoverageChanged[] };
  const world = {
    mine: null as TaskRecord | null,
    stored: NOTHING_SEEN,
    deltas: {} as Record<string, { days_seq: number; days: TaskDay[] }[]>,
    looks: 0,
    lastDueDay: "2024-01-04" as Day,
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
    lastDueDay: () => world.lastDueDay,
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

/** A running task of this name. */
export const task = (task_id: string, more: Partial<TaskRecord> = {}): TaskRecord => aTask({ task_id, ...more });
