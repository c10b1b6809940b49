import { SourceError, wordsOf } from "@/server/sync/errors";
import { isAway, sqlState } from "./connect";

const URL_VARIABLE = "POSTGRES_SOURCE_URL";
const TABLE_VARIABLE = "POSTGRES_SOURCE_TABLE";

/** What the operator has to mend in the configuration. No other day would fare better, so the remaining ones fail at once. */
export function misconfigured(variable: string, detail: string, cause?: unknown): SourceError {
  return new SourceError("plan", { kind: "misconfigured", variable, detail }, { cause });
}

/** What a failure of the other database means for the day, in the classes of a source. */
export function foreignRefusal(error: unknown, statementTimeoutMs: number): Error {
  if (error instanceof SourceError) return error;
  const state = sqlState(error);
  const words = wordsOf(error);
  const detail = state ? `${words} (${state})` : words;
  const broken = (kind: string, more: { seconds?: number } = {}) =>
    new SourceError("broken", { kind, detail, ...more }, { cause: error });
  // A server that asks for a password where the address has none is not answered at all.
  if (state?.startsWith("28") || words.startsWith("SASL")) {
    return new SourceError("auth", { kind: "auth", variable: URL_VARIABLE, detail }, { cause: error });
  }
  if (state === "42501")
    return new SourceError("plan", { kind: "plan", right: "grant", variable: URL_VARIABLE, detail }, { cause: error });
  if (state === "3D000" || /does not support SSL|certificate/i.test(words)) return misconfigured(URL_VARIABLE, detail, error);
  if (state?.startsWith("42") || state === "3F000" || state === "0A000") return misconfigured(TABLE_VARIABLE, detail, error);
  if (state === "57014") return broken("no_answer", { seconds: Math.round(statementTimeoutMs / 1000) });
  return broken(isAway(error) ? "unreachable" : "other");
}
