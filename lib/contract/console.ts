import type { CalendarInfo } from "./calendar";
import type { Day } from "./day";
import type { Instant } from "./instant";
import type { DayError } from "./task";

/** Reply of `GET /console`: what the pages need to know once. */
export interface ConsoleInfo {
  version: string;
  today: Day;
  server_time: Instant;
  calendar: CalendarInfo;
  source: {
    name: string;
    /** True for the invented market: the page says so in a standing line. */
    sample: boolean;
    publish_hour: number;
    /** How the last fetch went, null before the first one. */
    last_call: {
      ok: boolean;
      at: Instant;
      ms: number;
      error: DayError | null;
    } | null;
  };
  database: { version: string; pooler: "direct" | "session_pooler"; embedded: boolean; ms: number };
  /** First and last day the table holds under this source, null while it is empty. */
  first_day: Day | null;
  last_complete_day: Day | null;
  /** Days whose rows were in the table before Dayfill and that a sync would replace, with the first and the last; null = none. */
  adopted: { days: number; from: Day; to: Day } | null;
  /** Name given by OPERATOR_NAME; null = the page asks once. */
  operator: string | null;
}
