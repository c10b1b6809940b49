"use client";

import { useTranslations } from "use-intl";
import { DayIcon } from "@/components/day/icon";
import type { Segment } from "@/components/day/outcome";
import { useFormat } from "@/components/shell/format";

/** Icon and count of each outcome; the bar above carries pattern and colour, the word is for ears. */
export function MiniCounts({ segments }: { segments: readonly Segment[] }) {
  const t = useTranslations("task");
  const format = useFormat();
  return segments.map(({ look, days }) =>
    days === 0 || look === "none" || look === "running" ? null : (
      <span key={look} className="inline-flex shrink-0 items-center gap-[3px]">
        <DayIcon look={look} />
        <span className="font-medium text-ink">{format.number(days)}</span>
        <span className="sr-only">{t(`outcome.${look}`)}</span>
      </span>
    ),
  );
}
