import { addDays, type Day, isWeekend, weekdayOf } from "@/lib/contract/day";
import type { DayLook } from "./look";

/** Monday of the week of `day`. */
export function weekOf(day: Day): Day {
  return addDays(day, -weekdayOf(day));
}

/** The Mondays of every week from the first to the last day; none for no days. `days` ascend. */
export function weeksOf(days: readonly Day[]): Day[] {
  const first = days[0];
  const last = days.at(-1);
  if (!first || !last) return [];
  const weeks: Day[] = [];
  for (let monday = weekOf(first); monday <= last; monday = addDays(monday, 7)) weeks.push(monday);
  return weeks;
}

/** How a number of weeks is drawn: cells with rows, wall cells, or not at all (the bar alone tells). */
export type GridSize = "cells" | "wall" | "none";

const MAX_WEEKS_AS_CELLS = 10;
const MAX_WEEKS_AS_WALL = 60;

/** The size that fits the page. */
export function gridSizeOf(weeks: number): GridSize {
  if (weeks === 0 || weeks > MAX_WEEKS_AS_WALL) return "none";
  return weeks > MAX_WEEKS_AS_CELLS ? "wall" : "cells";
}

/** The heading of a week is its first day inside the range. */
export function firstDayInRange(monday: Day, first: Day): Day {
  return monday < first ? first : monday;
}

/** Columns a month's name needs on the wall. */
const MONTH_COLUMNS = 3;

/** The weeks that carry a month's name on the wall: where a month begins, and the first week if there is room before the next. */
export function monthMarks(weeks: readonly Day[], first: Day): Set<Day> {
  const begins = weeks.filter((monday, index) => {
    const before = weeks[index - 1];
    return before !== undefined && firstDayInRange(before, first).slice(0, 7) !== monday.slice(0, 7);
  });
  const start = weeks[0];
  const next = begins[0];
  const hasRoom = start !== undefined && (next === undefined || weeks.indexOf(next) >= MONTH_COLUMNS);
  return new Set(start !== undefined && hasRoom ? [start, ...begins] : begins);
}

/** Looks of a day that was worked on. */
const WORKED: ReadonlySet<DayLook> = new Set(["complete", "suspect", "failed", "running"]);

/** Mon–Fri; all seven rows where something came of a weekend day. */
export function weekdaysShown(days: readonly { date: Day; look: DayLook }[]): number[] {
  const weekendWorked = days.some((day) => WORKED.has(day.look) && isWeekend(day.date));
  return weekendWorked ? [0, 1, 2, 3, 4, 5, 6] : [0, 1, 2, 3, 4];
}
