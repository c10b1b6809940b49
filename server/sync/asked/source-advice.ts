import type { Fact } from "@/lib/contract/problem";
import type { SourceAdviceCode } from "@/lib/contract/source";
import { BadRowsError, DayFailure, SourceError } from "@/server/sync/errors";

/** Faults of a file itself, by the `kind` of the refusal. */
const ABOUT_FILE = new Set([
  "empty_file",
  "html",
  "truncated",
  "too_large",
  "unreadable",
  "encrypted",
  "no_table_inside",
  "several_tables_inside",
]);
const ABOUT_NETWORK = new Set(["unreachable", "no_answer", "stalled"]);

/** What a person can do about a day that could not be had. */
export function adviceOn(error: unknown): Fact<SourceAdviceCode> {
  const advice = (code: SourceAdviceCode, params: Fact["params"] = {}): Fact<SourceAdviceCode> => ({ code, params });
  if (error instanceof BadRowsError) return advice("rows");
  if (error instanceof DayFailure) return advice(adviceOnDay(error));
  if (!(error instanceof SourceError)) return advice("provider");
  const kind = String(error.params["kind"]);
  const variable = error.params["variable"] ?? "SOURCE";
  const seconds = error.waitMs === null ? 0 : Math.ceil(error.waitMs / 1000);
  switch (error.refusal) {
    case "auth":
      return advice("credentials", { variable });
    // A provider sells rights, another database grants them, and a wrong name is neither: no other day would fare better.
    case "plan":
      if (kind === "misconfigured") return advice("configuration", { variable });
      return error.params["right"] === "grant" ? advice("grant", { variable }) : advice("plan");
    case "rate":
      return advice("wait", { minutes: Math.ceil(seconds / 60) });
    case "quota":
      return kind === "banned" ? advice("banned") : advice("wait", { minutes: Math.ceil(seconds / 60) });
    case "later":
      return advice(kind === "later" ? "not_yet" : "provider");
    case "broken":
      if (kind === "misconfigured") return advice("configuration", { variable });
      if (ABOUT_NETWORK.has(kind)) return advice("network");
      return advice(ABOUT_FILE.has(kind) ? "file" : "provider");
  }
}

function adviceOnDay({ code, params }: DayFailure): SourceAdviceCode {
  if (code === "timeout") return "slow";
  if (code !== "source_empty") return "provider";
  return params["kind"] === "no_file" ? "no_file" : "other_day";
}
