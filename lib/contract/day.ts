import { type CalendarDate, getDayOfWeek, parseDate } from "@internationalized/date";

/** A calendar date `YYYY-MM-DD`: a string everywhere, never a `Date`, never in a time zone. Days compare with `<` and `>`. */
export type Day = `${number}-${number}-${number}`;

const SHAPE = /^\d{4}-\d{2}-\d{2}$/;

/** True for a real date written `YYYY-MM-DD`; `2024-02-30` and `2024-2-3` are not. */
export function isDay(text: unknown): text is Day {
  if (typeof text !== "string" || !SHAPE.test(text)) return false;
  try {
    return parseDate(text).toString() === text;
  } catch {
    return false;
  }
}

/** The day `count` days later (earlier when negative). */
export function addDays(day: Day, count: number): Day {
  return parseDate(day).add({ days: count }).toString() as Day;
}

/** Calendar days from `from` to `to`, both included; 0 or less when `to` lies before `from`. */
export function countDays(from: Day, to: Day): number {
  return parseDate(to).compare(parseDate(from)) + 1;
}

/** Every calendar day of the range, both ends included. */
export function eachDay(from: Day, to: Day): Day[] {
  const days: Day[] = [];
  const last = parseDate(to);
  for (let at = parseDate(from); at.compare(last) <= 0; at = at.add({ days: 1 })) days.push(at.toString() as Day);
  return days;
}

/** 0 = Monday … 6 = Sunday. */
export function weekdayOf(day: Day): number {
  return getDayOfWeek(parseDate(day), "en-GB", "mon");
}

/** Saturday or Sunday. */
export function isWeekend(day: Day): boolean {
  return weekdayOf(day) > 4;
}

/** First day of the month of `day`. */
export function monthStart(day: Day): Day {
  return parseDate(day).set({ day: 1 }).toString() as Day;
}

/** First day of the year of `day`. */
export function yearStart(day: Day): Day {
  return parseDate(day).set({ month: 1, day: 1 }).toString() as Day;
}

/** The day as a zone-free date object, for the date picker. */
export function toCalendarDate(day: Day): CalendarDate {
  return parseDate(day);
}

/** Back from the date picker. */
export function fromCalendarDate(date: CalendarDate): Day {
  return date.toString() as Day;
}
