import type { CalendarId, ClosedReason } from "@/lib/contract/calendar";
import { type Day, isWeekend } from "@/lib/contract/day";
import type { TradingCalendar } from "@/server/sync/ports";
import { type Closures, closedDays } from "./closure-list";
import { XHKG } from "./closures/XHKG";
import { XNYS } from "./closures/XNYS";
import { XSHG } from "./closures/XSHG";

/** One line per exchange; tsc asks for it when an id is added to the contract. */
const EXCHANGES: Record<CalendarId, { zone: string; closures: Closures; codeDigits: number | null }> = {
  XSHG: { zone: "Asia/Shanghai", closures: XSHG, codeDigits: 6 },
  XNYS: { zone: "America/New_York", closures: XNYS, codeDigits: null },
  XHKG: { zone: "Asia/Hong_Kong", closures: XHKG, codeDigits: 5 },
};

/** Corrections from the configuration: days the list does not know as closed, and days it wrongly takes for closed. */
export interface CalendarCorrections {
  closed?: readonly Day[];
  open?: readonly Day[];
}

/**
 * The trading days of an exchange. An `open` correction wins over weekend and closure. After `knownUntil` (and before
 * 2000) every weekday counts as open. Answers are remembered: the plan of 35 years asks for each day several times.
 */
export function calendarOf(id: CalendarId, corrections: CalendarCorrections = {}): TradingCalendar {
  const { zone, closures, codeDigits } = EXCHANGES[id];
  const set = new Set<Day>(corrections.closed ?? []);
  const closed = new Set<Day>([...closedDays(closures), ...set]);
  const open = new Set<Day>(corrections.open ?? []);
  const answers = new Map<Day, ClosedReason | null>();

  function reasonOf(day: Day): ClosedReason | null {
    if (open.has(day)) return null;
    if (isWeekend(day)) return "weekend";
    return closed.has(day) ? "holiday" : null;
  }

  return {
    id,
    zone,
    codeDigits,
    knownUntil: closures.knownUntil,
    isSet: (day) => open.has(day) || set.has(day),
    closedReason(day) {
      const known = answers.get(day);
      if (known !== undefined) return known;
      const reason = reasonOf(day);
      answers.set(day, reason);
      return reason;
    },
  };
}
