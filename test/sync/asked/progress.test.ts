import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TASK_STATUSES } from "@/lib/contract/task";
import { isBusy, isFinal, newerProgress } from "@/lib/contract/task-rules";
import { toBusyTask, toProgress, toSummary } from "@/server/sync/asked/progress";
import { aTask } from "../../support/builders";
import { NOON_MS } from "../../support/clock";

const ZONE = "Asia/Shanghai";
const progressOf = (over: Parameters<typeof aTask>[0], nowMs = NOON_MS) => toProgress(aTask(over), ZONE, nowMs);
const LIVE = {
  current_date: "2024-03-05",
  phase: "fetching",
  fetched: { done: 1, of: 2, unit: "rows" },
  eta: [60, 120],
  wait: null,
} as const;
const live = { ...LIVE, fetched: { ...LIVE.fetched }, eta: [60, 120] as [number, number] };

describe("progress", () => {
  test("counts every outcome, skips too", () => {
    expect(progressOf({ success: 1, failed: 1, skipped: 1 })).toMatchObject({ current: 3, total: 5, progress_percent: 60 });
  });
  test("with one decimal", () => expect(progressOf({ success: 1, total: 3 }).progress_percent).toBe(33.3));
  test("is 100 % when the task is completed, and only then", () => {
    for (const status of TASK_STATUSES) {
      const { progress_percent } = progressOf({ status, success: 5 });
      if (status === "completed") expect(progress_percent).toBe(100);
      else expect(progress_percent).toBe(99.9);
    }
  });
  test("never falls while outcomes come in", () => {
    const anyOutcome = fc.constantFrom("success", "failed", "skipped");
    fc.assert(
      fc.property(fc.array(anyOutcome, { minLength: 1, maxLength: 300 }), (outcomes) => {
        const counts = { success: 0, failed: 0, skipped: 0 };
        let last = 0;
        for (const outcome of outcomes) {
          counts[outcome] += 1;
          const { progress_percent } = progressOf({ ...counts, total: outcomes.length });
          expect(progress_percent).toBeGreaterThanOrEqual(last);
          last = progress_percent;
        }
        expect(progressOf({ ...counts, total: outcomes.length, status: "completed" }).progress_percent).toBe(100);
      }),
    );
  });
  test("has the calendar days for a total until the plan is written", () => {
    expect(progressOf({ total: 0, total_days: 31 })).toMatchObject({ total: 31, progress_percent: 0 });
  });
  test("is written in the time of the exchange", () => {
    expect(progressOf({})).toMatchObject({ start_time: "2024-03-05T12:00:00+08:00", end_time: null });
  });
  test("the duration runs on while the task runs and stands still after", () => {
    expect(progressOf({}, NOON_MS + 4_900).duration_seconds).toBe(4);
    expect(progressOf({ status: "completed", finished_ms: NOON_MS + 3_000 }, NOON_MS + 90_000).duration_seconds).toBe(3);
    expect(progressOf({}, NOON_MS - 5_000).duration_seconds).toBe(0);
  });
  test("the time left is told for a running task only, its middle as an instant", () => {
    expect(progressOf({ live })).toMatchObject({
      eta_range: [60, 120],
      estimated_completion: "2024-03-05T12:01:30+08:00",
      phase: "fetching",
    });
    expect(progressOf({ live, status: "interrupted" })).toMatchObject({ eta_range: null, estimated_completion: null });
  });
  test("a finished task has no day in work, whatever was written last", () => {
    expect(progressOf({ live, status: "failed" })).toMatchObject({
      current_date: null,
      phase: null,
      fetched: null,
      eta_range: null,
    });
  });
  test("errors carry code and params, no sentence", () => {
    const errors = [{ date: "2024-03-04", code: "source_empty", params: {}, time_ms: NOON_MS } as const];
    expect(progressOf({ errors: [...errors] }).errors).toEqual([
      { date: "2024-03-04", code: "source_empty", params: {}, error: null, time: "2024-03-05T12:00:00+08:00" },
    ]);
  });
  test("a refusal names the running task with its progress", () => {
    const busy = toBusyTask(aTask({ success: 2 }), ZONE, NOON_MS);
    expect(busy).toMatchObject({ task_id: aTask().task_id, started_by: "ann", total_days: 5, progress: { current: 2 } });
  });
  test("the history shows no more of the options than the contract says", () => {
    const task = aTask({ options: { force: true, accept_incomplete: false, order: "desc", days: ["2024-03-04"] } });
    expect(toSummary(task, ZONE, NOON_MS).options).toEqual({ force: true, accept_incomplete: false, order: "desc" });
  });
});

describe("the rules of the statuses", () => {
  test("a final status never keeps others from starting", () => {
    expect(TASK_STATUSES.filter((status) => isFinal(status) && isBusy(status))).toEqual([]);
  });
  test("a running task and one that waits for its takeover do", () => {
    expect(TASK_STATUSES.filter(isBusy)).toEqual(["running", "pausing", "cancelling", "interrupted"]);
  });
  test("a late packet of the same task does not turn the page back, a new task always shows", () => {
    const early = progressOf({ seq: 1 });
    const late = progressOf({ seq: 2 });
    expect(newerProgress(late, early)).toBe(late);
    expect(newerProgress(early, late)).toBe(late);
    const other = progressOf({ task_id: "other", seq: 1 });
    expect(newerProgress(late, other)).toBe(other);
    expect(newerProgress(late, null)).toBeNull();
  });
});
