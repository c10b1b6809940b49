"use client";

import { useTranslations } from "use-intl";
import { useFormat } from "@/components/shell/format";
import type { Schedule } from "@/lib/contract/schedule";
import { useWhen } from "./use-when";

/** The next five fires: when, and which day that is. How long until the next one stands in the head. */
export function NextRuns({ schedule }: { schedule: Schedule }) {
  const t = useTranslations("schedule");
  const format = useFormat();
  const { when } = useWhen();
  if (schedule.next.length === 0) return <p className="max-w-[36ch] text-ink-2">{t(`noNext.${schedule.held ?? "off"}`)}</p>;
  return (
    <ol className="grid gap-1.5">
      {schedule.next.map((at) => (
        <li key={at} className="grid grid-cols-[112px_minmax(0,1fr)] gap-x-2">
          <time dateTime={at} className="whitespace-nowrap first-letter:uppercase">
            {when(at)}
          </time>
          <span className="text-ink-2">{format.dayShort(format.dayOf(at))}</span>
        </li>
      ))}
    </ol>
  );
}
