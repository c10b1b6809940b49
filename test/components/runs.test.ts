import { describe, expect, it } from "vitest";
import { coverageDays, lastTradingDays, planCells } from "@/components/day/runs";
import type { CoverageRun } from "@/lib/contract/coverage";
import type { PlanRun } from "@/lib/contract/plan";
import { aRun as run } from "../support/builders";

const WEEK: CoverageRun[] = [
  run("2025-10-16", "2025-10-16", "complete"),
  run("2025-10-17", "2025-10-17", "failed"),
  run("2025-10-18", "2025-10-19", "no_trading", "weekend"),
  run("2025-10-20", "2025-10-21", "complete"),
  run("2025-10-22", "2025-10-22", "missing", "not_published"),
];

describe("coverageDays", () => {
  it("lists every day of the runs once, in order", () => {
    expect(coverageDays(WEEK).map((day) => day.date)).toEqual([
      "2025-10-16",
      "2025-10-17",
      "2025-10-18",
      "2025-10-19",
      "2025-10-20",
      "2025-10-21",
      "2025-10-22",
    ]);
  });

  it("takes the last trading days that are due: no weekend, not the day that is not published yet", () => {
    expect(lastTradingDays(WEEK, 3).map((day) => day.date)).toEqual(["2025-10-17", "2025-10-20", "2025-10-21"]);
  });
});

describe("planCells", () => {
  const plan: PlanRun[] = [
    { from: "2025-10-16", to: "2025-10-16", action: "skip", reason: "already_synced" },
    { from: "2025-10-17", to: "2025-10-17", action: "fetch", reason: "failed" },
    { from: "2025-10-18", to: "2025-10-19", action: "skip", reason: "weekend" },
    { from: "2025-10-20", to: "2025-10-22", action: "fetch", reason: "forced" },
  ];

  it("makes weekends gaps and marks what will be fetched", () => {
    const cells = planCells(WEEK, plan, 90);
    expect(cells.map((cell) => [cell.from, cell.look, cell.fetchShare, cell.afterWeekend])).toEqual([
      ["2025-10-16", "kept", 0, false],
      ["2025-10-17", "failed", 1, false],
      ["2025-10-20", "complete", 1, true],
      ["2025-10-21", "complete", 1, false],
      ["2025-10-22", "not_due", 1, false],
    ]);
  });

  it("takes a day no run covers as missing", () => {
    expect(planCells([], plan, 90)[0]?.look).toBe("missing");
  });

  it("draws 35 years as few cells, and a failed day still shows in its cell", () => {
    const long: PlanRun[] = [{ from: "1990-01-01", to: "2024-12-31", action: "fetch", reason: "missing" }];
    const held = [
      run("1990-01-01", "2007-05-31", "complete"),
      run("2007-06-01", "2007-06-01", "failed"),
      run("2007-06-02", "2024-12-31", "complete"),
    ];
    const cells = planCells(held, long, 96);
    expect(cells).toHaveLength(96);
    expect(cells[0]?.from).toBe("1990-01-01");
    expect(cells.at(-1)?.to).toBe("2024-12-31");
    expect(cells.filter((cell) => cell.look === "failed")).toHaveLength(1);
  });

  it("shows in a bucket which share of its days is fetched", () => {
    const half: PlanRun[] = [
      { from: "2025-10-20", to: "2025-10-21", action: "fetch", reason: "forced" },
      { from: "2025-10-22", to: "2025-10-23", action: "skip", reason: "already_synced" },
    ];
    expect(planCells([], half, 1)[0]?.fetchShare).toBe(0.5);
  });
});
