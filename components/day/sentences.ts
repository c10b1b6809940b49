"use client";

import { useMemo } from "react";
import { useTranslations } from "use-intl";
import type { Day } from "@/lib/contract/day";
import { weekdayOf } from "@/lib/contract/day";
import type { DayWarningCode, Fact } from "@/lib/contract/problem";
import type { DayError, DayReason, TaskDay } from "@/lib/contract/task";

type Params = Fact["params"];

/** ICU knows no null: what the server does not know is written as a dash. A sentence that differs by kind has one for none. */
function withoutNulls(params: Params): Record<string, string | number> {
  return { kind: "other", ...Object.fromEntries(Object.entries(params).map(([name, value]) => [name, value ?? "–"])) };
}

/** The sentences a day needs, in the page's language, from the codes and params of the contract. */
export function useDaySentences() {
  const day = useTranslations("day");
  const errors = useTranslations("dayError");
  const warnings = useTranslations("dayWarning");
  const reasons = useTranslations("dayReason");
  const verify = useTranslations("verify");
  return useMemo(() => {
    /** A code of a newer server has no sentence here; its name still tells more than nothing. */
    const error = ({ code, params }: DayError) => (errors.has(code) ? errors(code, withoutNulls(params)) : code);
    const warning = ({ code, params }: Fact<DayWarningCode>) =>
      warnings.has(code) ? warnings(code, withoutNulls(params)) : code;
    const reason = (code: DayReason) => (reasons.has(code) ? reasons(code) : code);
    return {
      error,
      warning,
      reason,
      /** `Mon` */
      weekday: (date: Day) => day("weekday", { index: String(weekdayOf(date)) }),
      /** `Sep 22` */
      monthDay: (date: Day) => day("monthDay", { month: String(Number(date.slice(5, 7))), day: String(Number(date.slice(8))) }),
      /** Everything there is to say of the outcome: the error, else what a verify found and the warnings. Empty when all is well. */
      remarks: ({ error: fault, warnings: said, reason: why, diff }: Pick<TaskDay, "error" | "warnings" | "reason" | "diff">) => {
        if (fault) return [error(fault)];
        const found = diff && why === "changed" ? [verify("found", { ...diff, examples: "" })] : [];
        return [...found, ...said.map(warning)];
      },
    };
  }, [day, errors, warnings, reasons, verify]);
}
