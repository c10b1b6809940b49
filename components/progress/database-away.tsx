"use client";

import { useTranslations } from "use-intl";
import type { Progress } from "@/lib/contract/task";

const QUESTIONS = ["data", "next", "you"] as const;

/** What a lost database means for the running task: the data, what happens next, what to do. The banner says that it is lost. */
export function DatabaseAway({ progress }: { progress: Progress }) {
  const t = useTranslations("progress.away");
  return (
    <dl className="mt-5 grid max-w-[760px] grid-cols-[176px_minmax(0,1fr)] gap-x-5 gap-y-2.5 max-sm:grid-cols-1 max-sm:gap-y-0.5">
      {QUESTIONS.map((question) => (
        <div key={question} className="contents">
          <dt className="text-ink-2">{t(`${question}.title`)}</dt>
          <dd className="max-sm:mb-2.5">
            {t(`${question}.text`, { type: progress.task_type, days: progress.success, day: progress.current_date ?? "none" })}
          </dd>
        </div>
      ))}
    </dl>
  );
}
