import { DayFailure, wordsOf } from "@/server/sync/errors";
import { COLUMNS } from "@/server/sync/rows/row";
import { sqlState } from "./connect";

/** Too long for varchar(n), too big for numeric(p, s) or an integer. */
const DOES_NOT_FIT = new Set(["22001", "22003"]);
const MAY_NOT_BE_EMPTY = "23502";

/** What PostgreSQL tells of a row that COPY broke off at. */
interface CopyError {
  /** Such as `COPY daily_stock_data, line 3, column open_price: "123456789.5"`, in the language of the server. */
  where?: string;
  column?: string;
}

/**
 * An existing table may be narrower than ours: the day's failure that names code, field and value which its columns refused.
 * Null = COPY ended for another reason. `body` is the text that was sent.
 */
export function refusedValue(error: unknown, body: Uint8Array): DayFailure | null {
  const state = sqlState(error) ?? "";
  const { where = "", column } = error as CopyError;
  const field = column ?? COLUMNS.find((name) => new RegExp(`\\b${name}\\b`).test(where.split('"')[0] ?? ""));
  const code = codeOfLine(body, Number(/,\D*(\d+)/.exec(where)?.[1]));
  if (!field || code === null) return null;
  if (state === MAY_NOT_BE_EMPTY) {
    return new DayFailure("bad_rows", { rule: "table_wants_value", code, field }, { cause: error });
  }
  if (!DOES_NOT_FIT.has(state)) return null;
  const value = /"(.*)"$/s.exec(where)?.[1] ?? "";
  return new DayFailure("bad_rows", { rule: "table_too_narrow", code, field, value, detail: wordsOf(error) }, { cause: error });
}

/** First field of the line, counted from 1. */
function codeOfLine(body: Uint8Array, line: number): string | null {
  const found = Buffer.from(body).toString("utf8").split("\n")[line - 1];
  return found?.split("\t")[0] ?? null;
}
