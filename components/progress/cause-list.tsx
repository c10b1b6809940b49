"use client";

import clsx from "clsx";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { DayIcon } from "@/components/day/icon";
import { useDaySentences } from "@/components/day/sentences";
import { useLive } from "@/components/live/live";
import { useFormat } from "@/components/shell/format";
import { Sentence } from "@/components/ui/sentence";
import type { Instant } from "@/lib/contract/instant";
import type { Day } from "@/lib/contract/day";
import { type Cause, detailsOf } from "./causes";
import { CopyDetails } from "./copy-details";

interface Props {
  taskId: string;
  causes: readonly Cause[];
  /** When a day failed, where the task still knows. */
  timeOf?: (day: Day) => Instant | null;
  /** What a person can do about a cause, beside trying again. */
  actionOf?: (cause: Cause) => ReactNode;
  /** The icon alone for *Copy details*. */
  compact?: boolean;
}

/** How many days of a cause are named; the rest is counted. */
const NAMED_DAYS = 4;

/** What needs attention, grouped by cause: the sentence, the days, what it means for the data, and *Copy details*. */
export function CauseList({ taskId, causes, timeOf, actionOf, compact = false }: Props) {
  const t = useTranslations("attention");
  const format = useFormat();
  const { state } = useLive();
  const { remarks, reason, warning } = useDaySentences();
  return (
    <ul>
      {causes.map((cause) => {
        const newest = cause.days[0];
        if (!newest) return null;
        const { code } = cause;
        const said = newest.warnings.find(
          (each) => each.code === code || (code === "few_rows" && each.code === "fewer_than_expected"),
        );
        const sentence = said ? warning(said) : (remarks(newest)[0] ?? (code === "calendar_differs" ? code : reason(code)));
        const many = cause.days.length > 1;
        const named = cause.days.slice(0, NAMED_DAYS).map((day) => day.date);
        const time = timeOf?.(newest.date) ?? null;
        const facts = [
          time ? format.moment(time, state?.today ?? null) : null,
          newest.attempts > 1 ? t("attempts", { count: newest.attempts }) : null,
          meaning(cause),
        ].filter((fact) => fact !== null);
        return (
          <li
            key={cause.key}
            className={clsx(
              "grid grid-cols-[16px_minmax(0,1fr)_auto] items-start gap-x-2.5 gap-y-0.5 border-t border-line py-2.5 first:border-t-0 first:pt-0 last:pb-0",
              !compact && "max-sm:grid-cols-[16px_minmax(0,1fr)]",
            )}
          >
            <DayIcon look={cause.look} className="mt-[3px]" />
            <div className="[overflow-wrap:anywhere]">
              <div>
                <b className="font-semibold">{many ? t("daysOf", { count: cause.days.length }) : newest.date}</b>
                &ensp;<Sentence>{sentence}</Sentence>
              </div>
              {many && (
                <div className="text-ink-2">
                  <Sentence>{named.join(t("comma"))}</Sentence>
                  {cause.days.length > NAMED_DAYS && t("andMore", { count: cause.days.length - NAMED_DAYS })}
                </div>
              )}
              <div className="text-ink-3">
                <span className="[font-family:var(--mono)] text-[.92em]">{cause.code}</span>
                {facts.map((fact) => ` · ${fact}`)}
              </div>
              {actionOf?.(cause)}
            </div>
            <span className={compact ? "" : "max-sm:col-start-2 max-sm:-ml-2.5"}>
              <CopyDetails text={detailsOf(taskId, cause)} compact={compact} />
            </span>
          </li>
        );
      })}
    </ul>
  );

  /** What it means for the data, where the sentence does not say it. */
  function meaning({ look, code, days }: Cause): string | null {
    if (code === "calendar_differs" || code === "incomplete") return null;
    return look === "suspect" ? t("storedSuspect") : t("nothingStored", { count: days.length });
  }
}
