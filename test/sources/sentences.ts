import { createTranslator } from "use-intl/core";
import en from "@/lib/text/en.json";
import zhCN from "@/lib/text/zh-CN.json";
import type { SourceError } from "@/server/sync/errors";

/** What an operator reads of a refusal, in English and in Chinese. */
export function sentencesOf(params: SourceError["params"]): string[] {
  const key = "rule" in params ? "dayError.bad_rows" : "dayError.source_error";
  return (
    [
      ["en", en],
      ["zh-CN", zhCN],
    ] as const
  ).map(([locale, messages]) => {
    const onError = (error: Error) => {
      throw error;
    };
    return createTranslator({ locale, messages, onError })(key, params as Record<string, string | number>);
  });
}
