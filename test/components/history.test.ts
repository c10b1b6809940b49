import { describe, expect, it } from "vitest";
import { requestOf } from "@/components/history/filters";
import { axisSeconds, comparisonOf } from "@/components/history/compare";
import { countByFilter, dayRows } from "@/components/history/day-rows";
import { groupByDay } from "@/components/history/groups";
import { happenedLast } from "@/components/progress/activity";
import type { Day } from "@/lib/contract/day";
import type { TaskSummary } from "@/lib/contract/task";
import { aTaskDay as day } from "../support/builders";

const DAYS = [
  day("2025-09-30", "success"),
  day("2025-10-01", "skipped", "holiday"),
  day("2025-10-04", "skipped", "weekend"),
  day("2025-10-09", "failed", "timeout"),
  day("2025-10-10", "skipped", "already_synced"),
  day("2025-10-11", "skipped", "weekend"),
];

describe("the days table", () => {
  it("counts for each filter what it lists", () => {
    const counts = countByFilter(DAYS);
    expect(counts).toEqual({ all: 6, success: 1, failed: 1, skipped: 4 });
    expect(dayRows(DAYS, "skipped", false)).toHaveLength(counts.skipped);
  });

  it("groups neighbouring closed days and leaves kept days alone", () => {
    expect(
      dayRows(DAYS, "all", true).map((row) => (row.kind === "closed" ? `${row.from} ${row.to} ${row.count}` : row.day.date)),
    ).toEqual(["2025-09-30", "2025-10-01 2025-10-04 2", "2025-10-09", "2025-10-10", "2025-10-11 2025-10-11 1"]);
  });
});

describe("predicted and actual", () => {
  const task = {
    predicted: { seconds: [480, 900] as [number, number], fetch_days: 20, rows: 100_000 },
    duration_seconds: 688,
    success: 16,
    failed: 3,
    rows: 86_000,
  };

  it("calls a duration inside the range inside, and measures how far it lies outside", () => {
    expect(comparisonOf(task).outsideSeconds).toBe(0);
    expect(comparisonOf({ ...task, duration_seconds: 400 }).outsideSeconds).toBe(-80);
    expect(comparisonOf({ ...task, duration_seconds: 1000 }).outsideSeconds).toBe(100);
  });

  it("differs by actual minus predicted", () => {
    const { days, rows } = comparisonOf(task);
    expect([days.difference, rows.difference]).toEqual([-4, -14_000]);
  });

  it("compares nothing that was not predicted", () => {
    const bare = comparisonOf({ ...task, predicted: null });
    expect([bare.outsideSeconds, bare.days.difference, bare.secondsPerDay.predicted]).toEqual([null, null, null]);
  });

  it("draws an axis of at most six ticks that reaches the end", () => {
    for (const seconds of [0.5, 3, 59, 688, 7_000, 90_000, 4_000_000]) {
      const ticks = axisSeconds(seconds);
      expect(ticks[0]).toBe(0);
      expect(ticks.length).toBeLessThanOrEqual(6);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(seconds);
    }
  });
});

const task = (task_id: string, start_time: string | null, over: Partial<TaskSummary> = {}) =>
  ({ task_id, start_time, created_at: "2025-11-19T00:00:00+08:00", end_time: null, status: "running", ...over }) as TaskSummary;

describe("the history", () => {
  it("parts tasks by day without changing their order", () => {
    const groups = groupByDay(
      [task("c", "2025-11-19T10:00:00+08:00"), task("b", "2025-11-19T08:00:00+08:00"), task("a", "2025-11-18T23:00:00+08:00")],
      (each) => each.start_time?.slice(0, 10) as Day,
    );
    expect(groups.map((group) => [group.day, group.lines.map((each) => each.task_id)])).toEqual([
      ["2025-11-19", ["c", "b"]],
      ["2025-11-18", ["a"]],
    ]);
  });

  it("asks for the period that ends today, and for the page behind the last cursor", () => {
    expect(requestOf({ status: null, type: null, days: "7", page: ["x", "y"] }, "2025-11-19")).toMatchObject({
      from: "2025-11-13",
      cursor: "y",
    });
    expect(requestOf({ status: null, type: null, days: "1", page: [] }, "2025-11-19")).toMatchObject({
      from: "2025-11-19",
      cursor: null,
    });
  });

  it("tells starts and ends of tasks, newest first", () => {
    const lines = happenedLast(
      [
        task("b", "2025-11-19T10:00:00+08:00"),
        task("a", "2025-11-19T08:00:00+08:00", { status: "completed", end_time: "2025-11-19T10:00:01+08:00" }),
      ],
      2,
    );
    expect(lines.map((line) => `${line.task.task_id} ${line.kind}`)).toEqual(["a completed", "b started"]);
  });
});
