"use client";

import { Play } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { useConsoleInfo, useCoverage } from "@/components/data/queries";
import type { CoverageDay } from "@/components/day/runs";
import { lastTradingDays } from "@/components/day/runs";
import { useLive } from "@/components/live/live";
import { LoadFailed } from "@/components/progress/load-failed";
import { useStart } from "@/components/sync/use-start";
import { Button } from "@/components/ui/button";
import { Section } from "@/components/ui/section";
import { Skeleton } from "@/components/ui/skeleton";
import { isGap } from "@/lib/contract/coverage";
import { addDays } from "@/lib/contract/day";
import { CoverageCounts } from "./coverage-counts";
import { CoverageStrip } from "./coverage-strip";

const TRADING_DAYS = 60;
/** 60 trading days lie in 84 calendar days; the longest closures of a year take two weeks more each. */
const CALENDAR_DAYS = 130;

/** What the table holds for the last 60 trading days, and one button that fills its gaps. */
export function SixtyDays() {
  const t = useTranslations("coverage");
  const { state } = useLive();
  const info = useConsoleInfo();
  const today = state?.today ?? info.data?.today ?? null;
  const coverage = useCoverage(today && addDays(today, -CALENDAR_DAYS), today);
  const days = useMemo(() => lastTradingDays(coverage.data ?? [], TRADING_DAYS), [coverage.data]);
  const failed = coverage.error ?? (today === null ? info.error : null);
  return (
    <Section title={t("title", { count: days.length || TRADING_DAYS })} end={<SyncGaps days={days} />}>
      {failed && !coverage.data ? (
        <LoadFailed error={failed} onRetry={() => void (today === null ? info.refetch() : coverage.refetch())} />
      ) : !coverage.data ? (
        <>
          <Skeleton className="h-[22px]" />
          <Skeleton className="mt-1.5 h-4" />
          <Skeleton className="mt-3 h-5 w-64 max-w-full" />
        </>
      ) : days.length === 0 ? (
        <p className="text-ink-2">{t("none")}</p>
      ) : (
        <>
          <CoverageStrip days={days} />
          <CoverageCounts days={days} />
        </>
      )}
    </Section>
  );
}

/** One task from the first to the last gap: what is complete in between is skipped by its plan. */
function SyncGaps({ days }: { days: readonly CoverageDay[] }) {
  const t = useTranslations("coverage");
  const { start } = useStart();
  const { state, connection } = useLive();
  const [asked, setAsked] = useState(false);
  const gaps = days.filter((day) => isGap(day.run));
  const first = gaps[0];
  const last = gaps.at(-1);
  if (!first || !last) return null;
  const startGaps = async () => {
    setAsked(true);
    await start({ start_date: first.date, end_date: last.date });
    setAsked(false);
  };
  return (
    <Button
      size="sm"
      icon={<Play aria-hidden size={14} />}
      busy={asked}
      isDisabled={connection !== "live" || state?.database.ok === false}
      onPress={() => void startGaps()}
    >
      {t("sync", { count: gaps.length })}
    </Button>
  );
}
