"use client";

import clsx from "clsx";
import { useId, useMemo } from "react";
import { useTranslations } from "use-intl";
import { useTaskDays } from "@/components/data/queries";
import { daysNow } from "@/components/day/days-now";
import { segmentsOf } from "@/components/day/outcome";
import { OutcomeBar } from "@/components/day/outcome-bar";
import { OutcomeCounts } from "@/components/day/outcome-counts";
import { LookBadge, StatusBadge } from "@/components/day/status-badge";
import { DayGridWait } from "@/components/day/day-grid-wait";
import { TaskDayGrid } from "@/components/day/task-day-grid";
import { useLive } from "@/components/live/live";
import { NotifyMe } from "@/components/shell/notify-me";
import { LifeButtons } from "@/components/sync/life-buttons";
import { useLife } from "@/components/sync/use-life";
import type { Progress } from "@/lib/contract/task";
import { CurrentDay, shareOf } from "./current-day";
import { CurrentFigures } from "./current-figures";
import { DatabaseAway } from "./database-away";
import { RunningFacts } from "./running-facts";
import { StateNote } from "./state-note";
import { TaskHead } from "./task-head";

/** The running or paused task: head, three figures, bar, counts, the day under way, and every day of the range. */
export function CurrentTask({ progress: pushed }: { progress: Progress }) {
  const t = useTranslations("progress");
  const headId = useId();
  const progress = useLife().shown(pushed);
  const { state, connection } = useLive();
  const interrupted = progress.status === "interrupted";
  const { data } = useTaskDays(progress.task_id);
  const { status, current_date } = progress;
  const days = useMemo(() => daysNow(data?.days ?? [], { status, current_date }), [data, status, current_date]);
  const segments = segmentsOf(progress);
  const databaseAway = state !== null && !state.database.ok;
  const stale = connection === "reconnecting" || databaseAway;
  const syncing = progress.status === "running" && progress.current_date && !databaseAway;
  return (
    <section aria-labelledby={headId} className="border-b border-line px-6 py-5 max-sm:p-4">
      <TaskHead
        id={headId}
        task={progress}
        badge={
          databaseAway ? (
            <LookBadge look="not_due">{t("waitsForDatabase")}</LookBadge>
          ) : (
            syncing && (
              <StatusBadge status="running">
                {t("syncing", { type: progress.task_type, day: progress.current_date ?? "" })}
              </StatusBadge>
            )
          )
        }
        actions={
          <div className="flex flex-wrap items-center gap-1">
            <NotifyMe task={progress} />
            <LifeButtons task={pushed} />
          </div>
        }
        facts={<RunningFacts progress={progress} />}
      />
      {interrupted && <p className="mt-3 max-w-[68ch]">{t("interrupted", { type: progress.task_type })}</p>}
      <StateNote task={progress} />
      {databaseAway && <DatabaseAway progress={progress} />}
      <div className={clsx("transition-opacity duration-200", stale && "stale")}>
        <CurrentFigures progress={progress} />
        <OutcomeBar segments={segments} />
        <OutcomeCounts type={progress.task_type} segments={segments} days={data?.days} />
        {!databaseAway && !interrupted && <CurrentDay progress={progress} />}
        <div className="mt-4">
          {data ? (
            <TaskDayGrid days={days} taskIsFinal={false} fetchedShare={shareOf(progress.fetched)} label={t("daysOfTask")} />
          ) : (
            <DayGridWait from={progress.start_date} to={progress.end_date} />
          )}
        </div>
      </div>
    </section>
  );
}
