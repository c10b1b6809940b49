import type { Day } from "@/lib/contract/day";
import { encodeDay as encodeInTurns } from "@/server/db/copy-text";
import type { EncodedDay } from "@/server/sync/session-ports";
import type { Rows } from "@/server/sync/rows/cut-rows";
import type { Row } from "@/server/sync/rows/row";
import { applyRowRules as judgeInTurns, type ExchangeRules, type JudgedRows } from "@/server/sync/rows/row-rules";
import type { Turns } from "@/server/sync/rows/turns";

/** An exchange whose codes may be anything. */
export const ANY_CODE: ExchangeRules = { codeDigits: null };

/** The work at one go: nobody waits for a turn in a test that does not ask about turns. */
export function atOnce<Result>(work: Turns<Result>): Result {
  for (;;) {
    const turn = work.next();
    if (turn.done) return turn.value;
  }
}

/** The row rules at one go. */
export function applyRowRules(delivered: readonly Row[], day: Day, exchange?: ExchangeRules): JudgedRows<Row[]>;
export function applyRowRules(delivered: Rows, day: Day, exchange?: ExchangeRules): JudgedRows;
export function applyRowRules(delivered: Rows, day: Day, exchange = ANY_CODE): JudgedRows {
  return atOnce(judgeInTurns(delivered, day, exchange));
}

/** The rows as COPY takes them, at one go. */
export function encodeDay(rows: Rows, options = { nameRequired: false }): EncodedDay {
  return atOnce(encodeInTurns(rows, options));
}
