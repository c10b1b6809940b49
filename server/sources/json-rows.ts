import { BadRowsError, SourceError } from "@/server/sync/errors";
import type { HttpAnswer } from "./http";
import { looksLikeHtml, plainWords, withoutSecrets } from "./http-words";

/** As in files: a value longer than any line is no value. */
const MAX_VALUE_CHARS = 64 * 1024;

/** The JSON object of an answer. Throws SourceError: html for a web page, protocol for anything else that is none. */
export function jsonObjectOf(answer: HttpAnswer, secrets: readonly string[]): Record<string, unknown> {
  const text = answer.bytes.toString("utf8").replace(/^\uFEFF/, "");
  const words = () => withoutSecrets(plainWords(text.slice(0, 20_000)), secrets);
  if (looksLikeHtml(text)) throw new SourceError("broken", { kind: "html", detail: words() || answer.detail });
  const value = parsed(text);
  if (isObject(value)) return value;
  throw new SourceError("broken", { kind: "protocol", detail: words() || `${answer.detail} (0 B)` });
}

/** The same, or null where there is none. */
export function jsonObjectIn(answer: HttpAnswer): Record<string, unknown> | null {
  const value = parsed(answer.bytes.toString("utf8"));
  return isObject(value) ? value : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
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
