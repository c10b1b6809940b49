const MAX_WORDS_CHARS = 300;
const CUT_OUT = "***";

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
