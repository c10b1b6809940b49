import { createTranslator } from "use-intl/core";
import type { Fact, ProblemCode } from "@/lib/contract/problem";
import en from "@/lib/text/en.json";
import zh from "@/lib/text/zh-CN.json";

export type Language = "zh-CN" | "en";

const MESSAGES = { "zh-CN": zh, en } as const;

/** Chinese, as the original spoke it, unless the header ranks English before Chinese and before `*`. */
export function languageOf(acceptLanguage: string | undefined): Language {
  const ranked = (acceptLanguage ?? "")
    .split(",")
    .map((part) => {
      const [tag = "", ...params] = part.trim().toLowerCase().split(";");
      const quality = params.map((param) => /^\s*q=([\d.]+)$/.exec(param)?.[1]).find((q) => q !== undefined);
      return { tag, quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ tag, quality }) => quality > 0 && /^(en|zh|\*)\b|^\*/.test(tag))
    .sort((a, b) => b.quality - a.quality);
  return ranked[0]?.tag.startsWith("en") ? "en" : "zh-CN";
}

const translators = {
  "zh-CN": createTranslator({ locale: "zh-CN", messages: MESSAGES["zh-CN"] }),
  en: createTranslator({ locale: "en", messages: MESSAGES.en }),
};

type Params = Record<string, string | number>;

/** A sentence of lib/text by its full key. */
export function say(language: Language, key: string, params: Fact["params"] = {}): string {
  const known = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, value ?? "–"]));
  // Where a sentence differs by kind it has one for what bears none.
  const filled: Params = { kind: "other", ...known };
  return (translators[language] as (key: string, params: Params) => string)(key, filled);
}

/** The sentence of a refusal. */
export function sayProblem(language: Language, code: ProblemCode, params: Fact["params"]): string {
  return say(language, `problem.${code}`, params);
}
