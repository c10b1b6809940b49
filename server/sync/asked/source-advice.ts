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
  "other_form",
  "no_table_inside",
  "several_tables_inside",
]);
const ABOUT_NETWORK = new Set(["unreachable", "no_answer", "stalled"]);
/** Where the kind alone tells what helps, whatever the class. */
const BY_KIND: Readonly<Record<string, SourceAdviceCode>> = {
  banned: "banned",
  too_many_logins: "one_program",
  public_account: "newer_version",
  old_protocol: "newer_version",
  public_right: "other_source",
  table_right: "grant",
  slow_query: "index",
  later: "not_yet",
};

/** What a person can do about a day that could not be had from the source of that name. */
export function adviceOn(error: unknown, source: string): Fact<SourceAdviceCode> {
  const advice = (code: SourceAdviceCode, params: Fact["params"] = {}): Fact<SourceAdviceCode> => ({ code, params });
  if (error instanceof BadRowsError) return advice(adviceOnRows(error.params));
  if (error instanceof DayFailure) return advice(adviceOnDay(error));
  if (!(error instanceof SourceError)) return advice("provider");
  const kind = String(error.params["kind"]);
  const variable = error.params["variable"] ?? "SOURCE";
  if (kind === "misconfigured") return advice("configuration", { variable });
  const known = BY_KIND[kind];
  if (known) return advice(known);
  switch (error.refusal) {
    case "auth":
      return advice("credentials", { variable });
    case "plan":
      return advice("plan");
    case "rate":
    case "quota":
      return advice("wait", { minutes: Math.ceil((error.waitMs ?? 0) / 60_000) });
    case "later":
      return advice("provider");
    case "broken":
      return advice(adviceOnBroken(kind, source));
  }
}

/** Of rows that say a number in another way, and of columns that were not found, more is known than of the others. */
function adviceOnRows({ rule, problem }: Fact["params"]): SourceAdviceCode {
  if (rule === "missing_column") return "columns";
  return rule === "not_finite" || problem === "not_a_number" ? "numbers" : "rows";
}

function adviceOnBroken(kind: string, source: string): SourceAdviceCode {
  if (ABOUT_NETWORK.has(kind)) return "network";
  if (source === "files") return ABOUT_FILE.has(kind) ? "file" : "provider";
  // No provider answers with a page: something on the way does, such as the login of a network or a proxy.
  return kind === "html" ? "network" : "provider";
}

function adviceOnDay({ code, params }: DayFailure): SourceAdviceCode {
  if (code === "timeout") return "slow";
  if (code !== "source_empty") return "provider";
  switch (params["kind"]) {
    case "no_file":
      return "no_file";
    case "no_row_in_file":
      return "dates_in_file";
    default:
      return "other_day";
  }
}
