import { type Day, isDay } from "@/lib/contract/day";

export interface DayRange {
  from: Day;
  to: Day;
}

const DATE = /\d{4}\D\d{1,2}\D\d{1,2}|\d{8}/g;
/** What may stand between and around two dates. */
const BETWEEN = /^(\s|\.{2,}|…|→|->|–|—|-|~|～|,|，|to|至|到)*$/i;

/**
 * Reads a typed range: `2025-10-01..2025-10-09`, also with an arrow, a dash, spaces or `to`, or one day. Single figures,
 * slashes, dots and `20251001` are understood. Null when it is not one or two real dates. The order is kept.
 */
export function parseRange(text: string): DayRange | null {
  const dates = text.match(DATE) ?? [];
  const rest = text.split(DATE);
  if (dates.length === 0 || dates.length > 2 || !rest.every((part) => BETWEEN.test(part))) return null;
  const [from, to] = [normalise(dates[0] ?? ""), normalise(dates.at(-1) ?? "")];
  return isDay(from) && isDay(to) ? { from, to } : null;
}

function normalise(date: string): string {
  if (/^\d{8}$/.test(date)) return `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`;
  return date
    .split(/\D/)
    .map((part) => part.padStart(2, "0"))
    .join("-");
}

/** How a range stands in its field. */
export function rangeText({ from, to }: DayRange): string {
  return from === to ? from : `${from} → ${to}`;
}
