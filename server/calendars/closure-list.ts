import type { Day } from "@/lib/contract/day";

/** The closed weekdays of one exchange: `MMDD` separated by blanks, by year; complete up to `knownUntil`. */
export interface Closures {
  knownUntil: Day;
  byYear: Readonly<Record<number, string>>;
}

/** Every closed weekday of the list. */
export function closedDays(closures: Closures): Day[] {
  return Object.entries(closures.byYear).flatMap(([year, days]) =>
    days.split(" ").map((monthDay): Day => `${year}-${monthDay.slice(0, 2)}-${monthDay.slice(2)}` as Day),
  );
}
