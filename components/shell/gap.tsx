"use client";

import { useLocale } from "use-intl";

/** Between two sentences: a blank, where the language has one. The full stop of Chinese brings its own. */
export function Gap() {
  return useLocale() === "zh-CN" ? null : " ";
}
