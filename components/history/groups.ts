import type { Day } from "@/lib/contract/day";

/** Lines of one day of the chosen clock. */
export interface DayGroup<Line> {
  day: Day;
  lines: Line[];
}

/** Groups neighbouring lines by their day; the order of the page stays. */
export function groupByDay<Line>(lines: readonly Line[], dayOf: (line: Line) => Day): DayGroup<Line>[] {
  const groups: DayGroup<Line>[] = [];
  for (const line of lines) {
    const day = dayOf(line);
    const held = groups.at(-1);
    if (held?.day === day) held.lines.push(line);
    else groups.push({ day, lines: [line] });
  }
  return groups;
}
