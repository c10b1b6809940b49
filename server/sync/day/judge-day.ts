import type { Day } from "@/lib/contract/day";
import type { DayWarningCode, Fact } from "@/lib/contract/problem";
import { fewRows, judgeRows, neighbourRows } from "@/server/sync/plan/completeness";
import { DayFailure } from "@/server/sync/errors";
import { isLoaded, type Ledger } from "@/server/sync/plan/ledger";
import type { EncodedDay } from "@/server/sync/session-ports";

export interface JudgeContext {
  ledger: Ledger;
  loadedDays: readonly Day[];
  source: string;
  acceptIncomplete: boolean;
  /** Rows that the source itself says the day must have; null = it cannot tell. */
  expected: number | null;
}

/** What a fetched day is stored as. */
export interface Judgement {
  state: "complete" | "suspect";
  confirmed: boolean;
  warning: Fact<DayWarningCode> | null;
}

/** Judges a fetched day by the days that are loaded now. Throws the DayFailure of a day that is held back. */
export function judgeDay(day: Day, encoded: EncodedDay, context: JudgeContext): Judgement {
  const { ledger, source } = context;
  const held = ledger.get(day);
  const replaced = held && isLoaded(held, source) ? held.rows : 0;
  const verdict = judgeRows(encoded.rows, neighbourRows(day, context.loadedDays, ledger), replaced, context.expected);
  if (verdict.kind === "complete") return { state: "complete", confirmed: false, warning: null };
  // The same rows once more: nothing would be lost by storing them, however few they are.
  const same = held?.checksum === encoded.checksum && held.source === source && (held.state === "suspect" || held.confirmed);
  if (same) return { state: "complete", confirmed: true, warning: null };
  if (verdict.kind === "incomplete" && !context.acceptIncomplete) {
    throw new DayFailure("incomplete", { rows: encoded.rows, ...verdict.shortfall });
  }
  return { state: "suspect", confirmed: false, warning: fewRows(encoded.rows, verdict.shortfall) };
}
