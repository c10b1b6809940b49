"use client";

import clsx from "clsx";
import { useTranslations } from "use-intl";
import { useCoverage } from "@/components/data/queries";
import { PlanStrip } from "@/components/day/plan-strip";
import { Skeleton } from "@/components/ui/skeleton";
import type { Preview } from "@/lib/contract/plan";
import { PlanLegend } from "./plan-legend";
import { PlanWarnings } from "./plan-warnings";
import { PlanSentence } from "./plan-sentence";

interface PlanPreviewProps {
  plan: Preview | null;
  /** The plan shown belongs to a range before this one, or a new one is on its way. */
  isStale: boolean;
  /** What to say where there is no plan. */
  empty: string | null;
}

/** What a start would do, at once under the range: a sentence, two lanes of days, warnings. */
export function PlanPreview({ plan, isStale, empty }: PlanPreviewProps) {
  const t = useTranslations("start");
  const coverage = useCoverage(plan?.start_date ?? null, plan?.end_date ?? null);
  return (
    <div className="my-4 min-h-[132px] border-y border-line py-3.5" aria-busy={isStale}>
      {plan ? (
        <div className={clsx("transition-opacity duration-(--slow)", isStale && "opacity-50")}>
          <div aria-live="polite">
            <PlanSentence plan={plan} />
          </div>
          <div className="mt-3 min-h-[45px]">
            {coverage.data ? <PlanStrip coverage={coverage.data} plan={plan.days} /> : <Skeleton className="h-[25px]" />}
          </div>
          <PlanLegend plan={plan} />
          <PlanWarnings facts={plan.warnings} />
        </div>
      ) : empty ? (
        <p className="text-ink-2">{empty}</p>
      ) : (
        <div>
          <span className="sr-only">{t("stale")}</span>
          <Skeleton className="h-4 w-full" />
          <Skeleton className="mt-1.5 h-4 w-2/3" />
          <Skeleton className="mt-4 h-[25px]" />
          <Skeleton className="mt-6 h-4 w-1/2" />
        </div>
      )}
    </div>
  );
}
