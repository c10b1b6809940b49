import type { TaskSummary } from "@/lib/contract/task";

/** What was predicted and what came; null = not known. `difference` is actual minus predicted. */
export interface Comparison {
  /** Seconds outside the predicted range: negative = shorter, 0 = inside, null = nothing to compare. */
  outsideSeconds: number | null;
  seconds: { predicted: [number, number] | null; actual: number | null };
  days: Compared;
  rows: Compared;
  secondsPerDay: Compared;
}

export interface Compared {
  predicted: number | null;
  actual: number | null;
  difference: number | null;
}

type Task = Pick<TaskSummary, "predicted" | "duration_seconds" | "success" | "failed" | "rows">;

/** Compares the plan with what became of it. A day that failed took its time too, so both kinds count for seconds a day. */
export function comparisonOf(task: Task): Comparison {
  const { predicted, duration_seconds: actual } = task;
  const range = predicted?.seconds ?? null;
  const fetched = task.success + task.failed;
  const expectedPerDay = range && predicted && predicted.fetch_days > 0 ? (range[0] + range[1]) / 2 / predicted.fetch_days : null;
  return {
    outsideSeconds: range === null || actual === null ? null : outside(range, actual),
    seconds: { predicted: range, actual },
    days: compared(predicted?.fetch_days ?? null, task.success),
    rows: compared(predicted?.rows ?? null, task.rows),
    secondsPerDay: compared(expectedPerDay, actual === null || fetched === 0 ? null : actual / fetched),
  };
}

function outside([low, high]: [number, number], actual: number): number {
  if (actual < Math.floor(low)) return actual - low;
  return actual > Math.ceil(high) ? actual - high : 0;
}

function compared(predicted: number | null, actual: number | null): Compared {
  return { predicted, actual, difference: predicted === null || actual === null ? null : actual - predicted };
}

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400, 172_800, 604_800];
const MAX_STEPS = 5;

/** Ticks of a time axis from 0 to beyond `maxSeconds`, at most six of them. */
export function axisSeconds(maxSeconds: number): number[] {
  const step = STEPS.find((each) => each * MAX_STEPS >= maxSeconds) ?? Math.ceil(maxSeconds / MAX_STEPS);
  const count = Math.max(1, Math.ceil(maxSeconds / step));
  return Array.from({ length: count + 1 }, (_, index) => index * step);
}
