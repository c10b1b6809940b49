"use client";

import { useCallback } from "react";
import { useTranslations } from "use-intl";
import { DayIcon } from "@/components/day/icon";
import { Gap } from "@/components/shell/gap";
import type { Fact } from "@/lib/contract/problem";

/** The sentence of a task's error; a code of a newer server stands for itself. */
export function useTaskErrorText(): (error: Fact) => string {
  const t = useTranslations("taskError");
  return useCallback(
    ({ code, params }: Fact) => {
      const values = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, value ?? "–"]));
      return t.has(code) ? t(code, values) : code;
    },
    [t],
  );
}

/** Why a task itself could not go on, and that its finished days stay. */
export function TaskErrorNote({ error }: { error: Fact }) {
  const t = useTranslations("progress");
  const textOf = useTaskErrorText();
  return (
    <p className="mt-3 flex max-w-[76ch] gap-2">
      <DayIcon look="failed" className="mt-[3px]" />
      <span className="[overflow-wrap:anywhere]">
        {t("errorSentence", { text: textOf(error) })}
        <Gap />
        <span className="text-ink-2">{t("finishedDaysStay")}</span>
      </span>
    </p>
  );
}
