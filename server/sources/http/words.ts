const MAX_WORDS_CHARS = 300;
const CUT_OUT = "***";
/** Shorter values of a query are no keys, and cutting `1` out of every sentence helps nobody. */
const MIN_SECRET_CHARS = 6;

/** What may stand before a secret that nobody told us: it goes, whatever it is. */
const NAMED_SECRET =
  /(\bbearer\s+(?=\S*\d)|["']?(?:authorization|access[_-]?token|token|api[_-]?key|password|secret|signature)["']?\s*[=:]\s*["']?(?:(?:bearer|basic)\s+)?)[^\s"'&,;<>]+/gi;

/**
 * The words of a provider as they may be shown and stored: secrets cut out (also as they look in a URL), blanks and
 * control characters made one blank, at most 300 characters.
 */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  let clean = text;
  const written = secrets.flatMap((secret) => (secret === "" ? [] : [secret, encodeURIComponent(secret)]));
  for (const secret of written.sort((a, b) => b.length - a.length)) clean = clean.replaceAll(secret, CUT_OUT);
  clean = clean.replace(NAMED_SECRET, `$1${CUT_OUT}`);
  clean = clean.replace(/[\s\p{Cc}]+/gu, " ").trim();
  return clean.length > MAX_WORDS_CHARS ? `${clean.slice(0, MAX_WORDS_CHARS)}…` : clean;
}

/** A URL as it may be shown: without user and password, and the values of its query left out. */
export function shownUrl(url: URL): string {
  const names = [...new Set(url.searchParams.keys())];
  return `${url.origin}${url.pathname}${names.length > 0 ? `?${names.map((name) => `${name}=…`).join("&")}` : ""}`;
}

/** The same, where the other side chose it and may have put a secret into it, in whatever spelling. */
export function shownUrlWithout(url: URL, secrets: readonly string[]): string {
  const path = decodedPart(url.pathname);
  const isTold = secrets.some((secret) => secret !== "" && path.includes(decodedPart(secret)));
  return withoutSecrets(isTold ? `${url.origin}/${CUT_OUT}` : shownUrl(url), secrets);
}

/** What is secret in an address: a password, also as the header that is made of it, a user that is all there is, long values of the query. */
export function secretsIn(address: string): string[] {
  const { username, password, searchParams } = new URL(address);
  const [user, word] = [decodedPart(username), decodedPart(password)];
  const header = password === "" ? [username, user, `${user}:`] : [password, word, `${user}:${word}`];
  const inBase64 =
    username === "" && password === "" ? [] : [Buffer.from(`${user}:${word}`).toString("base64").replace(/=+$/, "")];
  return [...header, ...inBase64, ...searchParams.values()].filter((text) => text.length >= MIN_SECRET_CHARS);
}

/** A `%` that nobody encoded is a `%`. */
export function decodedPart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** What a web page says: its title, else its text without the tags; any other text as it is. */
export function plainWords(text: string): string {
  if (!looksLikeHtml(text)) return text;
  const start = text.slice(0, 20_000);
  const [, title] = /<title[^>]*>([^<]*)/i.exec(start) ?? [];
  return title?.trim() ? title : start.replace(/<(script|style)[\s\S]*?<\/\1>|<[^>]*>/gi, " ");
}

export function looksLikeHtml(text: string): boolean {
  return /^\uFEFF?\s*<(!doctype|html|head|body|\?xml|title|h1|center)/i.test(text.slice(0, 1_000));
}
