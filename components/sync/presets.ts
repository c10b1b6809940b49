import { type CoverageRun, isGap } from "@/lib/contract/coverage";
import { addDays, type Day, eachDay, monthStart, yearStart } from "@/lib/contract/day";
import type { DayRange } from "./range-text";

/** Ranges one press away. `gaps` needs the whole table and is worked out when it is pressed. */
export const PRESETS = ["today", "last5", "last20", "month", "year", "sinceGood", "gaps"] as const;
export type Preset = (typeof PRESETS)[number];

/** Calendar days in which 20 trading days surely lie: four weeks, and the two longest closures of a year. */
export const PRESET_CALENDAR_DAYS = 56;

/** The ranges that follow from the calendar and the last good day; null where there is none. */
export function presetRanges(
  today: Day,
  lastGood: Day | null,
  recent: readonly CoverageRun[],
): Record<Exclude<Preset, "gaps">, DayRange | null> {
  return {
    today: { from: today, to: today },
    last5: lastTrading(recent, 5),
    last20: lastTrading(recent, 20),
    month: { from: monthStart(today), to: today },
    year: { from: yearStart(today), to: today },
    sinceGood: lastGood && lastGood < today ? { from: addDays(lastGood, 1), to: today } : null,
  };
}

/** From the first to the last of the newest `count` trading days whose rows can be there already. */
function lastTrading(recent: readonly CoverageRun[], count: number): DayRange | null {
  const days = recent
    .filter((run) => run.state !== "no_trading" && run.reason !== "not_published")
    .flatMap((run) => eachDay(run.from, run.to))
    .slice(-count);
  const [from, to] = [days[0], days.at(-1)];
  return from && to ? { from, to } : null;
}

/** From the first to the last gap. What is complete in between is skipped by the plan. */
export function gapRange(runs: readonly CoverageRun[]): DayRange | null {
  const gaps = runs.filter(isGap);
  const [first, last] = [gaps[0], gaps.at(-1)];
  return first && last ? { from: first.from, to: last.to } : null;
}
