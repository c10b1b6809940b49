"use client";

import { useTranslations } from "use-intl";
import { ApiError } from "@/components/data/api";
import { countDays, type Day } from "@/lib/contract/day";
import { MAX_RANGE_DAYS } from "@/lib/contract/problem";
import { useProblemText } from "./problem-text";
import type { DayRange } from "./range-text";

/** Refusals that are about the dates: they stand under the range, everything else under the form. */
const ABOUT_RANGE = new Set(["invalid_date", "invalid_range", "range_too_long", "future_date", "missing_field", "invalid_field"]);

export function isAboutRange(error: Error | null): error is ApiError {
  return error instanceof ApiError && ABOUT_RANGE.has(error.code);
}

/** What is wrong with the range: what can be seen here, else what the server said of it. */
export function useRangeProblem(range: DayRange | null, today: Day | null, refusal: Error | null): string | null {
  const t = useTranslations("problem");
  const start = useTranslations("start");
  const problemText = useProblemText();
  if (!range) return null;
  if (range.to < range.from) return t("invalid_range");
  if (today && range.to > today) return start("future", { today });
  const days = countDays(range.from, range.to);
  if (days > MAX_RANGE_DAYS) return t("range_too_long", { max: MAX_RANGE_DAYS, days });
  return isAboutRange(refusal) ? problemText(refusal) : null;
}
