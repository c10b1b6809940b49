import { describe, expect, it } from "vitest";
import { newerState } from "@/components/live/newer-state";
import { followBusyTask } from "@/components/sync/follow-busy-task";
import type { SyncState } from "@/lib/contract/events";
import type { BusyTask, Progress } from "@/lib/contract/task";

const progress = (id: string, seq: number, status: Progress["status"] = "running") => ({ task_id: id, seq, status }) as Progress;
const state = (bootId: string, seq: number, part: Partial<SyncState> = {}): SyncState => ({
  boot_id: bootId,
  seq,
  server_time: "2025-11-19T14:08:43+08:00",
  today: "2025-11-19",
  last_due_day: "2025-11-19",
  epoch: 1,
  current: null,
  last: null,
  queue: { tasks: [], count: 0 },
  paused: { tasks: [], count: 0 },
  instances: [],
  watching: 1,
  database: { ok: true, ms: 3 },
  ...part,
});

describe("the shown state", () => {
  it("is the one with the larger number of the same start", () => {
    const newer = state("a", 7);
    expect(newerState(newer, state("a", 6))).toBe(newer);
    expect(newerState(state("a", 6), newer)).toBe(newer);
  });

  it("is that of a new start whatever its number, but no task runs backwards", () => {
    const before = state("a", 900, { current: progress("t", 50) });
    const after = newerState(before, state("b", 1, { current: progress("t", 48) }));
    expect(after.boot_id).toBe("b");
    expect(after.current?.seq).toBe(50);
  });
});

describe("the task a refusal named", () => {
  const task = { task_id: "t", start_time: "2025-11-19T14:08:00+08:00", progress: progress("t", 5) } as BusyTask;

  it("is followed by the pushed states", () => {
    const seen = followBusyTask(task, state("a", 1, { current: progress("t", 9) }));
    expect(seen).toMatchObject({ hasEnded: false, progress: { seq: 9 } });
  });

  it("keeps its own numbers while the pushed ones are older", () => {
    expect(followBusyTask(task, state("a", 1, { current: progress("t", 3) })).progress.seq).toBe(5);
  });

  it("has ended when it is the last one", () => {
    expect(followBusyTask(task, state("a", 1, { last: progress("t", 12, "completed") })).hasEnded).toBe(true);
  });

  it("holds nobody up any more once it is paused, but a state from before it was resumed does not say so", () => {
    const paused = (seq: number) => ({ paused: { tasks: [progress("t", seq, "paused")], count: 1 } });
    expect(followBusyTask(task, state("a", 1, paused(6)))).toMatchObject({ hasEnded: true, progress: { status: "paused" } });
    const early = { ...state("a", 1, paused(4)), server_time: "2025-11-19T14:08:00+08:00" };
    expect(followBusyTask(task, early).hasEnded).toBe(false);
  });

  it("has not ended because a state from before its start does not know it", () => {
    const early = state("a", 1, { server_time: "2025-11-19T14:08:00+08:00" });
    expect(followBusyTask(task, early).hasEnded).toBe(false);
    expect(followBusyTask(task, null).hasEnded).toBe(false);
  });
});
