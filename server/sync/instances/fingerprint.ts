import type { Day } from "@/lib/contract/day";

/** What all instances of one database must share, or they would write different things into one table. */
export interface Configuration {
  /** SOURCE. */
  source: string;
  /** CALENDAR with CALENDAR_CLOSED and CALENDAR_OPEN. */
  calendar: string;
  closed: readonly Day[];
  open: readonly Day[];
  table: string;
}

const PARTS = ["SOURCE", "CALENDAR", "table"] as const;

/** `sample|XSHG|daily_stock_data`; extra closures and openings follow the calendar: `XSHG-2024-02-09+2024-02-18`. */
export function fingerprintOf({ source, calendar, closed, open, table }: Configuration): string {
  const marked = (sign: string, days: readonly Day[]) => [...new Set(days)].sort().map((day) => `${sign}${day}`);
  return [source, [calendar, ...marked("-", closed), ...marked("+", open)].join(""), table].join("|");
}

/** What differs between two fingerprints, as a person reads it: `SOURCE (files here, sample there)`. */
export function differences(here: string, there: string): string {
  const [mine, others] = [here.split("|"), there.split("|")];
  return PARTS.flatMap((part, index) =>
    mine[index] === others[index] ? [] : [`${part} (${mine[index] ?? "?"} here, ${others[index] ?? "?"} there)`],
  ).join(" and ");
}
