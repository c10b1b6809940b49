"use client";

import clsx from "clsx";
import { TriangleAlert } from "lucide-react";
import { useTranslations } from "use-intl";
import { useCoverage } from "@/components/data/queries";
import { PlanStrip } from "@/components/day/plan-strip";
import { Skeleton } from "@/components/ui/skeleton";
import type { Preview } from "@/lib/contract/plan";
import type { Fact } from "@/lib/contract/problem";
import { PlanLegend } from "./plan-legend";
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
          <Warnings facts={plan.warnings} />
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

/** `overwrite` stands under the checkbox that decides it, `sample_source` in the line at the top of the page. */
const SAID_ELSEWHERE = new Set(["overwrite", "sample_source"]);

function Warnings({ facts }: { facts: readonly Fact[] }) {
  const t = useTranslations("planWarning");
  const shown = facts.filter((fact) => !SAID_ELSEWHERE.has(fact.code));
  if (shown.length === 0) return null;
  return (
    <ul className="mt-2.5 grid gap-1 text-ink-2 [font:var(--t-12)]">
      {shown.map(({ code, params }) => (
        <li key={code} className="flex gap-1.5">
          <TriangleAlert aria-hidden size={14} className="mt-0.5 shrink-0 text-st-suspect" />
          <span>
            {t.has(code)
              ? t(code, Object.fromEntries(Object.entries(params).map(([name, value]) => [name, value ?? "–"])))
              : code}
          </span>
        </li>
      ))}
    </ul>
  );
}
