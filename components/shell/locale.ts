/** Languages of the page, the first is the fallback. */
export const LOCALES = ["en", "zh-CN"] as const;
export type Locale = (typeof LOCALES)[number];

export const LANGUAGE_COOKIE = "dayfill_lang";

/** The chosen language (cookie), else the best of what the browser prefers, else English. */
export function chooseLocale(cookie: string | undefined, acceptLanguage: string | null): Locale {
  const chosen = LOCALES.find((locale) => locale === cookie);
  return chosen ?? preferredLocale(acceptLanguage ?? "");
}

function preferredLocale(acceptLanguage: string): Locale {
  const wishes = acceptLanguage
    .split(",")
    .map((part) => {
      const [tag = "", ...options] = part.trim().split(";");
      const quality = options.map((option) => /^\s*q=([\d.]+)\s*$/.exec(option)?.[1]).find(Boolean);
      return { language: tag.toLowerCase().split("-")[0], quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter((wish) => wish.quality > 0)
    .sort((a, b) => b.quality - a.quality);
  for (const { language } of wishes) {
    if (language === "zh") return "zh-CN";
    if (language === "en") return "en";
  }
  return "en";
}
