import { expect, test } from "vitest";
import { entriesOf } from "@/components/history/entries";
import { showsFires } from "@/components/history/filters";
import type { FireOutcome, ScheduleFire } from "@/lib/contract/schedule";
import type { TaskSummary } from "@/lib/contract/task";

const at = (hour: number) => `2025-11-19T${String(hour).padStart(2, "0")}:00:00+08:00`;
const task = (hour: number) => ({ task_id: `t${hour}`, created_at: at(hour), start_time: at(hour) }) as TaskSummary;
const fire = (hour: number, outcome: FireOutcome): ScheduleFire => ({
  schedule_id: "daily",
  local_date: "2025-11-19",
  at: at(hour),
  outcome,
  task_id: null,
});
const shown = (...args: Parameters<typeof entriesOf>) =>
  entriesOf(...args).map((entry) => (entry.kind === "task" ? entry.task.task_id : `fire ${entry.fire.outcome}`));
const only = { isFirst: true, isLast: true };

test("a fire that found the console busy is a line between the tasks around it", () => {
  expect(shown([task(14), task(8)], [fire(10, "skipped_busy")], only)).toEqual(["t14", "fire skipped_busy", "t8"]);
});

test("newer and older fires stand on the first and on the last page, and on no other", () => {
  const fires = [fire(20, "missed"), fire(6, "skipped_busy")];
  expect(shown([task(14), task(8)], fires, only)).toEqual(["fire missed", "t14", "t8", "fire skipped_busy"]);
  expect(shown([task(14), task(8)], fires, { isFirst: false, isLast: false })).toEqual(["t14", "t8"]);
});

test("a history without tasks still tells what did not start", () => {
  expect(shown([], [fire(20, "skipped_busy")], only)).toEqual(["fire skipped_busy"]);
});

test("fires of one day stand in the order of their times, and a task where it was asked for, however long it waited", () => {
  const waited = { ...task(9), start_time: at(22) } as TaskSummary;
  expect(shown([waited], [fire(8, "missed"), fire(20, "skipped_busy")], only)).toEqual([
    "fire skipped_busy",
    "t9",
    "fire missed",
  ]);
  expect(shown([], [fire(8, "missed"), fire(20, "skipped_busy")], only)).toEqual(["fire skipped_busy", "fire missed"]);
  expect(entriesOf([waited], [], only)[0]?.at).toBe(at(9));
});

test("fires that became tasks, and days without anything to do, are no lines of their own", () => {
  expect(
    shown([task(8)], [fire(10, "started"), fire(11, "queued"), fire(12, "closed_day"), fire(13, "nothing_missing")], only),
  ).toEqual(["t8"]);
});

test("a filter of tasks hides the fires: they have neither status nor days", () => {
  expect(showsFires({ status: null, type: null, days: null })).toBe(true);
  expect(showsFires({ status: "failed", type: null, days: null })).toBe(false);
});
