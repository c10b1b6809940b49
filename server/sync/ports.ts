import type { CalendarId, ClosedReason } from "@/lib/contract/calendar";
import type { Day } from "@/lib/contract/day";
import type { Row } from "./row";

/** Time as a parameter: the domain never reads the real clock. */
export interface Clock {
  /** Unix time in milliseconds, for what people read. */
  now(): number;
  /** Milliseconds that never jump, for durations and deadlines. */
  monotonic(): number;
  /** Resolves after `ms`, rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The trading days of one exchange. */
export interface TradingCalendar {
  id: CalendarId;
  zone: string;
  /** Last day the closures are known for; later weekdays are assumed to be open. */
  knownUntil: Day;
  /** Null = the exchange trades on that day. */
  closedReason(day: Day): ClosedReason | null;
}

/** What a source said of one day. */
export type Fetched =
  /** All rows of the day; `of` = how many there should be where the source can tell. */
  | { kind: "rows"; rows: Row[] }
  /** The source has nothing for that day (yet): the calendar and the publish hour decide what that means. */
  | { kind: "nothing" };

export interface FetchOptions {
  signal: AbortSignal;
  /** Called now and then with the rows (or symbols) fetched so far and the number expected, if known. */
  onProgress(done: number, of: number | null): void;
}

/** One provider of rows. Answers one question: all rows of day D. Throws SourceError or BadRowsError, never an empty day. */
export interface Source {
  name: string;
  /** Invented rows: never scheduled, never mixed with real ones. */
  sample: boolean;
  /** Exchange hour from which an empty trading day is an error. */
  publishHour: number;
  fetchDay(day: Day, options: FetchOptions): Promise<Fetched>;
}
