import { createTranslator } from "use-intl/core";
import shared from "@/lib/text/en.json";
import sharedZh from "@/lib/text/zh-CN.json";
import own from "./text/en.json";
import ownZh from "./text/zh-CN.json";

export const LANGUAGES = ["en", "zh-CN"] as const;
export type Language = (typeof LANGUAGES)[number];

export type Params = Record<string, string | number>;
/** A sentence by its full key: those of the command line stand under `cli`, the others in lib/text. */
export type Say = (key: string, params?: Params) => string;

const { status, taskType, planWarning, pauseReason, waitReason } = shared;
const MESSAGES = {
  en: { status, taskType, planWarning, pauseReason, waitReason, cli: own },
  "zh-CN": {
    status: sharedZh.status,
    taskType: sharedZh.taskType,
    planWarning: sharedZh.planWarning,
    pauseReason: sharedZh.pauseReason,
    waitReason: sharedZh.waitReason,
    cli: ownZh,
  },
} as const;

/** The sentences of one language, by key and arguments. */
export function sayIn(language: Language): Say {
  const translate = createTranslator({ locale: language, messages: MESSAGES[language], timeZone: "UTC" });
  return translate as unknown as Say;
}

/** The language of the terminal as POSIX orders the variables; English unless it is Chinese. */
export function languageOfTerminal(environment: Readonly<Record<string, string | undefined>>): Language {
  const locale = [environment["LC_ALL"], environment["LC_MESSAGES"], environment["LANG"]].find((value) => value) ?? "";
  return /^zh/i.test(locale) ? "zh-CN" : "en";
}

/** `--lang` as people write it; null = not a language that is spoken here. */
export function languageNamed(name: string): Language | null {
  if (/^zh([-_]|$)/i.test(name)) return "zh-CN";
  return /^en([-_]|$)/i.test(name) ? "en" : null;
}
