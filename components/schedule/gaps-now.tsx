"use client";

import { useTranslations } from "use-intl";
import { usePreview } from "@/components/data/queries";
import { useFormat } from "@/components/shell/format";
import { PlanWarnings } from "@/components/sync/plan-warnings";
import { addDays, type Day } from "@/lib/contract/day";

/** A run would pause for these; the rest stands on the console, where a range is chosen. */
const ABOUT_THE_SOURCE = new Set(["source_closed", "source_budget"]);

/** What *Fill missing* would fetch if it ran now. */
export function GapsNow({ daysBack, today }: { daysBack: number; today: Day }) {
  const t = useTranslations("schedule");
  const format = useFormat();
  const from = addDays(today, 1 - daysBack);
  const plan = usePreview({ start_date: from, end_date: today });
  return (
    <div className="grid gap-1.5">
      <span className="text-ink-2 [font:var(--t-12)]">{t("looksBack")}</span>
      <span>
        {t("calendarDays", { count: daysBack })} <span className="text-ink-3">{t("backTo", { day: from })}</span>
      </span>
      <span className="min-h-[18px] text-ink-3 [font:var(--t-12)]">
        {plan.data
          ? plan.data.fetch_days === 0
            ? t("nothingNow")
            : plan.data.seconds
              ? t("gapsNowTime", { count: plan.data.fetch_days, time: format.rangeText(plan.data.seconds) })
              : t("gapsNow", { count: plan.data.fetch_days })
          : null}
      </span>
      {plan.data ? <PlanWarnings facts={plan.data.warnings.filter(({ code }) => ABOUT_THE_SOURCE.has(code))} /> : null}
    </div>
  );
}
