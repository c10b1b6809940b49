import type { CoverageRun } from "@/lib/contract/coverage";
import { addDays, type Day, isWeekend } from "@/lib/contract/day";
import type { PlanRun } from "@/lib/contract/plan";
import { type DayLook, lookOfCoverage } from "./look";

/** What the table holds on one day. */
export interface CoverageDay {
  date: Day;
  look: DayLook;
  run: CoverageRun;
}

/** One entry for each day of the runs, ascending; `keep` leaves days out before they cost anything. */
export function coverageDays(runs: readonly CoverageRun[], keep: (run: CoverageRun) => boolean = () => true): CoverageDay[] {
  const days: CoverageDay[] = [];
  for (const run of runs) {
    if (!keep(run)) continue;
    const look = lookOfCoverage(run.state, run.reason);
    for (let date = run.from; date <= run.to; date = addDays(date, 1)) days.push({ date, look, run });
  }
  return days;
}

/** The last `count` days on which the exchange trades and rows are due, ascending. */
export function lastTradingDays(runs: readonly CoverageRun[], count: number): CoverageDay[] {
  const due = (run: CoverageRun) => run.state !== "no_trading" && run.reason !== "not_published";
  return coverageDays(runs, due).slice(-count);
}

/** A cell of the plan strip: one day, or some neighbours where the range is long. */
export interface PlanCell {
  from: Day;
  to: Day;
  look: DayLook;
  /** Share of the cell's days that will be fetched, 0–1. */
  fetchShare: number;
  /** A weekend lies before this cell. */
  afterWeekend: boolean;
}

/** Which state stands for several days: what asks for attention comes first. */
const RANK: Record<DayLook, number> = {
  failed: 0,
  suspect: 1,
  running: 2,
  queued: 3,
  missing: 4,
  kept: 5,
  complete: 6,
  not_due: 7,
  skipped: 8,
  no_trading: 9,
};

/**
 * The plan over the coverage, one cell a day without weekends. More than `maxCells` days are drawn as `maxCells` buckets, so
 * that 35 years cost no more than half a year. Days already there are `kept` where the plan skips them.
 */
export function planCells(coverage: readonly CoverageRun[], plan: readonly PlanRun[], maxCells: number): PlanCell[] {
  const days = planDays(coverage, plan);
  if (days.length <= maxCells) return days;
  const cells: PlanCell[] = [];
  for (let index = 0; index < maxCells; index += 1) {
    const start = Math.floor((index * days.length) / maxCells);
    cells.push(bucketOf(days.slice(start, Math.floor(((index + 1) * days.length) / maxCells))));
  }
  return cells;
}

function planDays(coverage: readonly CoverageRun[], plan: readonly PlanRun[]): PlanCell[] {
  const cells: PlanCell[] = [];
  let at = 0;
  let weekend = false;
  for (const planned of plan) {
    for (let date = planned.from; date <= planned.to; date = addDays(date, 1)) {
      if (isWeekend(date)) {
        weekend = true;
        continue;
      }
      while (at < coverage.length && (coverage[at] as CoverageRun).to < date) at += 1;
      const run = coverage[at];
      const held = run && run.from <= date ? lookOfCoverage(run.state, run.reason) : "missing";
      const fetched = planned.action === "fetch";
      const look = held === "complete" && !fetched ? "kept" : held;
      cells.push({ from: date, to: date, look, fetchShare: fetched ? 1 : 0, afterWeekend: weekend && cells.length > 0 });
      weekend = false;
    }
  }
  return cells;
}

function bucketOf(days: readonly PlanCell[]): PlanCell {
  const first = days[0] as PlanCell;
  const worst = days.reduce((held, day) => (RANK[day.look] < RANK[held.look] ? day : held), first);
  const fetched = days.reduce((sum, day) => sum + day.fetchShare, 0);
  return {
    from: first.from,
    to: (days.at(-1) as PlanCell).to,
    look: worst.look,
    fetchShare: fetched / days.length,
    afterWeekend: false,
  };
}
