import type { Fact } from "@/lib/contract/problem";

const CHARS_SHOWN = 60;

/** A value as a sentence quotes it: short. */
export function shown(value: string): string {
  const text = storable(value);
  return text.length > CHARS_SHOWN ? `${text.slice(0, CHARS_SHOWN).replace(/\p{Cs}$/u, "")}…` : text;
}

/**
 * The text without what JSON in PostgreSQL refuses: NUL, and halves of surrogate pairs, as a cut or a `\ud800` leaves them.
 * A refusal whose words cannot be stored would take the whole task down instead of its day.
 */
export function storable(text: string): string {
  return text.replaceAll("\0", "␀").replace(/\p{Cs}/gu, "\uFFFD");
}

/** The same for all that is said with an error. */
export function storableParams(params: Fact["params"]): Fact["params"] {
  return Object.fromEntries(
    Object.entries(params).map(([key, value]) => [key, typeof value === "string" ? storable(value) : value]),
  );
}
