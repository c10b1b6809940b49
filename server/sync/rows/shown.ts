const CHARS_SHOWN = 60;

/** A value as a sentence quotes it: short, and without the NUL and the cut surrogate that JSON in PostgreSQL refuses. */
export function shown(value: string): string {
  const text = value.replaceAll("\0", "␀");
  return text.length > CHARS_SHOWN ? `${text.slice(0, CHARS_SHOWN).replace(/[\uD800-\uDBFF]$/, "")}…` : text;
}
