"use client";

import { useTranslations } from "use-intl";
import { useDaySentences } from "@/components/day/sentences";
import { LookBadge } from "@/components/day/status-badge";
import { useFormat } from "@/components/shell/format";
import type { Progress } from "@/lib/contract/task";

/** The day under way: how much of it was fetched, and whether it is being stored. Nothing between two days. */
export function CurrentDay({ progress }: { progress: Progress }) {
  const t = useTranslations("progress");
  const format = useFormat();
  const { weekday } = useDaySentences();
  const { current_date: date, fetched, phase } = progress;
  if (!date) return null;
  const share = shareOf(fetched);
  const storing = phase === "storing";
  // A source that is cheap by range is asked symbol by symbol, for all coming days at once.
  const walks = fetched?.unit === "symbols";
  const phaseWord = phase === null ? null : t(`phase.${phase}`, { type: progress.task_type });
  const label = [fetched ? t("fetchedLabel", { ...fetched }) : null, phaseWord].filter((part) => part !== null).join(t("comma"));
  return (
    <div className="mt-5 grid grid-cols-1 items-center gap-x-4 gap-y-1.5 border-t border-line pt-4 sm:grid-cols-[auto_minmax(60px,1fr)_auto] sm:gap-y-0.5">
      <span className="flex items-center gap-2">
        <LookBadge look="running">{date}</LookBadge>
        <span className="text-ink-2">{walks ? t("andFollowing") : weekday(date)}</span>
      </span>
      <span role="img" aria-label={label || date} className="relative block h-1.5 overflow-hidden rounded-[3px] bg-bg-hover">
        <i
          aria-hidden
          className={`absolute inset-0 block origin-left transition-transform duration-200 ${storing ? "bg-st-running" : "bg-[color-mix(in_oklab,var(--st-running)_42%,var(--bg))]"}`}
          style={{ transform: `scaleX(${storing ? 1 : (share ?? 0)})` }}
        />
      </span>
      <span className="whitespace-nowrap">
        {fetched && (
          <>
            {t("phase.fetched")} <b className="font-semibold">{format.number(fetched.done)}</b>
            {fetched.of > 0 && <span className="text-ink-3"> / {format.number(fetched.of)}</span>}
            {walks && ` ${t("symbols")}`}
          </>
        )}
        {fetched && phase && phase !== "fetching" && <span className="px-2 text-ink-3">·</span>}
        {(phase !== "fetching" || !fetched) && phaseWord}
      </span>
    </div>
  );
}

/** Share of the day that was fetched, 0–1; null where the source cannot tell. */
export function shareOf(fetched: Progress["fetched"]): number | null {
  return fetched && fetched.of > 0 ? Math.min(1, fetched.done / fetched.of) : null;
}
