import { isGap } from "@/lib/contract/coverage";
import type { Day } from "@/lib/contract/day";
import { adoptedDay, ADOPTED } from "@/server/sync/plan/adopt";
import { judgeRows, loadedDaysOf, neighbourRows } from "@/server/sync/plan/completeness";
import { type CoverageContext, dayView, type LedgerDay } from "@/server/sync/plan/ledger";
import type { MomentSession } from "@/server/sync/lease-ports";

/** What `POST /check/{d}` says of a day: the coverage state, `not_published`, or what a running task does about it. */
export interface DayCheck {
  need_sync: boolean;
  reason: string;
}

/** Tells from coverage alone, without counting. */
export function checkOf(day: Day, context: CoverageContext): DayCheck {
  const view = dayView(day, context);
  return { need_sync: isGap(view), reason: view.reason === "not_published" ? "not_published" : view.state };
}

/** Counts the day's rows in the table and corrects the ledger where it says something else. */
export async function recountDay(day: Day, session: MomentSession, context: Omit<CoverageContext, "ledger">): Promise<DayCheck> {
  const ledger = await session.ledger();
  const held = ledger.get(day);
  const rows = await session.countRows(day);
  const known = held && held.state !== "failed" ? held.rows : 0;
  if (rows !== known) {
    const neighbours = neighbourRows(day, loadedDaysOf(ledger, context.source), ledger);
    // Rows that came from elsewhere are adopted: they must not pass for the source's, nor for sample rows.
    const found = held && held.state !== "failed" ? null : adoptedDay(day, rows, neighbours, context.calendar);
    const state = found?.state ?? (judgeRows(rows, neighbours, 0, held?.expected).kind === "complete" ? "complete" : "suspect");
    const source = found ? ADOPTED : (held as LedgerDay).source;
    await session.correct(day, { rows, state, source, warnings: found?.warnings ?? null });
    if (rows === 0) ledger.delete(day);
    else ledger.set(day, { ...held, date: day, state, rows, checksum: null, confirmed: false, source });
  }
  return checkOf(day, { ...context, ledger });
}
