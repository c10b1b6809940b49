import type { Day } from "./day";

/** The exchanges whose trading days are known: Shanghai, New York, Hong Kong (ISO 10383 codes). */
export const CALENDAR_IDS = ["XSHG", "XNYS", "XHKG"] as const;
export type CalendarId = (typeof CALENDAR_IDS)[number];

/** Why the exchange is closed on a day. */
export type ClosedReason = "weekend" | "holiday";

/** What a page needs to know of the calendar. After `known_until` weekdays are assumed to be open. */
export interface CalendarInfo {
  id: CalendarId;
  zone: string;
  known_until: Day;
}
