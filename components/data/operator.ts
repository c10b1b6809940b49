const COOKIE = "dayfill_operator";
const ONE_YEAR_SECONDS = 31_536_000;

/** The name this browser was told, null before it was asked. */
export function readOperator(): string | null {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${COOKIE}=`));
  if (!found) return null;
  try {
    return decodeURIComponent(found.slice(COOKIE.length + 1)).trim() || null;
  } catch {
    return null;
  }
}

/** Keeps the name for a year. */
export function rememberOperator(name: string): void {
  document.cookie = `${COOKIE}=${encodeURIComponent(name.trim())}; path=/; max-age=${ONE_YEAR_SECONDS}; samesite=lax`;
}

/** Header of a start: names are not Latin only, so the value is percent-encoded. */
export function operatorHeader(name: string | null): Record<string, string> {
  return name ? { "x-operator": encodeURIComponent(name) } : {};
}
