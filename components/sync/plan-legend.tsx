"use client";

import { useTranslations } from "use-intl";
import type { DayLook } from "@/components/day/look";
import { Mark } from "@/components/day/mark";
import { useFormat } from "@/components/shell/format";
import type { PlanCounts, Preview } from "@/lib/contract/plan";

const KEPT: { reason: keyof PlanCounts; look: DayLook }[] = [
  { reason: "in_running_sync", look: "queued" },
  { reason: "already_synced", look: "kept" },
  { reason: "holiday", look: "no_trading" },
];

/** What the two lanes of the strip mean, with counts. */
export function PlanLegend({ plan }: { plan: Preview }) {
  const t = useTranslations("start.legend");
  const format = useFormat();
  return (
    <div className="mt-2.5 flex flex-wrap gap-x-3 gap-y-0.5 text-ink-2 [font:var(--t-12)]">
      {plan.fetch_days > 0 ? (
        <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
          <i aria-hidden className="h-1 w-3 rounded-[1px] bg-ink" />
          <span>
            <b className="text-ink">{format.number(plan.fetch_days)}</b> {t("fetch")}
          </span>
        </span>
      ) : null}
      {KEPT.filter(({ reason }) => plan.counts[reason] > 0).map(({ reason, look }) => (
        <Mark key={reason} look={look} count={format.number(plan.counts[reason])}>
          {t(reason)}
        </Mark>
      ))}
    </div>
  );
}
