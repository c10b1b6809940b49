import { createTranslator } from "use-intl/core";
import { describe, expect, test } from "vitest";
import en from "@/lib/text/en.json";
import zh from "@/lib/text/zh-CN.json";

/** Sentences that speak of a task by what it does: those that ask for its type. */
function sentencesByType(texts: object, path = ""): string[] {
  return Object.entries(texts).flatMap(([key, text]: [string, unknown]) =>
    typeof text === "string"
      ? text.startsWith("{type, select")
        ? [path + key]
        : []
      : sentencesByType(text as object, `${path}${key}.`),
  );
}

const VALUES = {
  day: "2024-01-02",
  percent: "3",
  days: 2,
  count: 2,
  open: 2,
  success: 1,
  failed: 1,
  skipped: 1,
  minutes: 1,
  seconds: 1,
};
const MORE = { reason: "–", known: "true", who: "ann", time: "10:00", duration: "3 s" };
type Say = (key: string, values: object) => string;

describe.each([
  ["en", en, /\bsync|\bstored?\b|\bfetched\b/i],
  ["zh-CN", zh, /同步|入库|抓取/],
] as const)("in %s a verify", (locale, messages, wordsOfASync) => {
  const say = createTranslator({ locale, messages }) as unknown as Say;
  const keys = sentencesByType(messages);

  test("is spoken of in many places", () => {
    expect(keys.length).toBeGreaterThan(30);
  });
  test.each(keys)("is no sync in %s", (key) => {
    const [verify, sync] = ["verify", "web_batch"].map((type) => say(key, { type, ...VALUES, ...MORE }));
    expect(verify).not.toMatch(wordsOfASync);
    expect(sync).not.toBe(verify);
  });
});
