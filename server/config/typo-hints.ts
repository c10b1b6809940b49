import { VARIABLES } from "./variables";

/**
 * Remarks for the log. A name that differs from a known one by one letter is most likely a typo; short names (PORT, HOST) are
 * too close to others.
 */
export function typoHints(names: string[]): string[] {
  const known = Object.keys(VARIABLES);
  return names.flatMap((name) => {
    if (name.length < 8 || known.includes(name)) return [];
    const meant = known.find((candidate) => differByOneLetter(name.toUpperCase(), candidate));
    return meant ? [`${name} is not a variable of this version. Did you mean ${meant}?`] : [];
  });
}

/** True when one inserted, left out or changed letter makes `a` into `b`, or when they are equal. */
function differByOneLetter(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return a.slice(at + 1) === b.slice(at + 1) || a.slice(at + 1) === b.slice(at) || a.slice(at) === b.slice(at + 1);
}
