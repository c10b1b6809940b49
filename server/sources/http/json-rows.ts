import { BadRowsError, SourceError } from "@/server/sync/errors";
import type { HttpAnswer } from "./answer";
import { looksLikeHtml, plainWords, withoutSecrets } from "./words";

/** As in files: a value longer than any line is no value. */
const MAX_VALUE_CHARS = 64 * 1024;
/** Of an answer that is none: enough for its words. */
const MAX_WORDS_BYTES = 20_000;
const known = new WeakMap<HttpAnswer, unknown>();

/** The JSON object of an answer. Throws SourceError: html for a web page, protocol for anything else that is none. */
export function jsonObjectOf(answer: HttpAnswer, secrets: readonly string[]): Record<string, unknown> {
  const start = answer.bytes
    .subarray(0, MAX_WORDS_BYTES)
    .toString("utf8")
    .replace(/^\uFEFF/, "");
  const words = () => withoutSecrets(plainWords(start), secrets);
  if (looksLikeHtml(start)) throw new SourceError("broken", { kind: "html", detail: words() || answer.detail });
  const value = parsed(answer);
  if (isObject(value)) return value;
  throw new SourceError("broken", { kind: "protocol", detail: words() || `${answer.detail} (0 B)` });
}

/** The same, or null where there is none. */
export function jsonObjectIn(answer: HttpAnswer): Record<string, unknown> | null {
  const value = parsed(answer);
  return isObject(value) ? value : null;
}

/** Null for what is no JSON. An answer is looked at twice, for a refusal and for its rows: it is parsed once. */
function parsed(answer: HttpAnswer): unknown {
  const before = known.get(answer);
  if (before !== undefined) return before;
  let value: unknown = null;
  try {
    value = JSON.parse(answer.bytes.toString("utf8").replace(/^\uFEFF/, ""));
  } catch {
    // It has said what it is not.
  }
  known.set(answer, value);
  return value;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * A value of a row as text, null where it has none. What is neither text nor number becomes its JSON, for the row rules to
 * refuse. Throws BadRowsError for a value over 64 kB; `row` counts from 1.
 */
export function valueText(value: unknown, row: number): string | null {
  if (value === null || value === undefined || value === "") return null;
  const text = typeof value === "string" ? value : typeof value === "number" ? String(value) : JSON.stringify(value);
  if (text.length > MAX_VALUE_CHARS) throw new BadRowsError({ rule: "line_too_long", row, limit: "64 kB" });
  return text;
}
