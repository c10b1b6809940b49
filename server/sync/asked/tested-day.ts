import type { ClosedReason } from "@/lib/contract/calendar";
import type { Day } from "@/lib/contract/day";
import type { SourceTest } from "@/lib/contract/source";
import { sourceEmpty, type SystemPause } from "@/server/sync/errors";
import type { Clock, TradingCalendar } from "@/server/sync/ports";
import { asRows } from "@/server/sync/rows/cut-rows";
import { applyRowRules } from "@/server/sync/rows/row-rules";
import { takeTurns } from "@/server/sync/rows/turns";
import type { Fetched, Source } from "@/server/sync/source-ports";
import { minuteIn } from "@/server/sync/time/minute";
import { todayOf } from "@/server/sync/time/today";

const SAMPLE_ROWS = 5;

/** A test before its line is put into words; `closed` = by our calendar. */
export type TestedDay = Omit<SourceTest, "message"> & { closed: ClosedReason | null };

const chooseTradingDay = { code: "trading_day", params: {} } as const;

/** What a test of the source says of its day. */
export function createTestedDays({ clock, calendar, source }: { clock: Clock; calendar: TradingCalendar; source: Source }) {
  function blank(day: Day, seconds: number): TestedDay {
    const nothing = { rows: null, sample: [], rejected: 0, rejected_sample: [], warnings: [], error: null, advice: null };
    return {
      source: source.name,
      day,
      outcome: "nothing",
      seconds,
      probed: source.probe !== undefined,
      ...nothing,
      closed: null,
    };
  }

  /** The exchange did not trade: by our calendar (`closed`), or by the word of the source. */
  function closedOn(day: Day, seconds: number, closed: ClosedReason | null): TestedDay {
    return { ...blank(day, seconds), outcome: "closed", closed, advice: chooseTradingDay };
  }

  /** What a call would come to: nothing goes out to whoever asked to be left alone. */
  function refusedUntil(day: Day, { reason, detail, resumeMs }: SystemPause): TestedDay {
    const kind = reason === "rate_limited" ? "rate" : reason;
    return {
      ...blank(day, 0),
      outcome: "refused",
      error: { code: "source_error", params: { kind, detail: detail ?? source.name } },
      advice: { code: "closed_until", params: { at: minuteIn(calendar.zone, resumeMs) } },
    };
  }

  /** Throws BadRowsError or the DayFailure of a day that should have rows. */
  async function judged(day: Day, fetched: Fetched, seconds: number, signal: AbortSignal): Promise<TestedDay> {
    if (fetched.kind === "closed") return closedOn(day, seconds, null);
    const judging = applyRowRules(fetched.kind === "rows" ? fetched.rows : [], day, calendar);
    const { rows, rejected, rejectedSample, warnings } = await takeTurns(judging, () => clock.giveWay(), signal);
    if (rows.length === 0) {
      const today = todayOf(clock, calendar, source);
      if (day < today.day || !today.notDue) throw sourceEmpty(fetched.kind === "nothing" ? fetched : {});
      return { ...blank(day, seconds), outcome: "nothing", advice: { code: "not_yet", params: {} } };
    }
    return {
      ...blank(day, seconds),
      outcome: "rows",
      rows: rows.length,
      sample: [...asRows(rows, SAMPLE_ROWS)],
      rejected,
      rejected_sample: rejectedSample,
      warnings,
    };
  }

  return { blank, closedOn, refusedUntil, judged };
}
