"use client";

import { useTranslations } from "use-intl";
import { useConsoleInfo } from "@/components/data/queries";
import { useSchedules } from "@/components/data/schedules";
import { useLive } from "@/components/live/live";
import { LoadFailed } from "@/components/progress/load-failed";
import { Skeleton } from "@/components/ui/skeleton";
import { FireStrip } from "./fire-strip";
import { HeldNotice } from "./held-notice";
import { SaveBar } from "./save-bar";
import { ScheduleSection } from "./schedule-section";
import { useChangeTimes } from "./use-change-times";

/** Both schedules, the days around today, and what is not saved yet. */
export function SchedulePage() {
  const { state } = useLive();
  const info = useConsoleInfo().data;
  const read = useSchedules();
  const schedules = read.data ?? [];
  const times = useChangeTimes(schedules);
  const today = state?.today ?? info?.today ?? null;
  const held = schedules.find((schedule) => schedule.held !== null)?.held ?? null;
  return (
    <main id="main" tabIndex={-1} className="flex flex-1 flex-col outline-none">
      {held ? <HeldNotice held={held} /> : null}
      <div className="flex flex-1 flex-col 3xl:max-w-[1464px]">
        {read.isError && (
          <div className="border-b border-line px-6 py-4 max-sm:px-4">
            <LoadFailed error={read.error} onRetry={() => void read.refetch()} />
          </div>
        )}
        {read.isPending ? <ScheduleSkeleton /> : null}
        {schedules.map((schedule) => (
          <ScheduleSection
            key={schedule.id}
            schedule={schedule}
            today={today}
            text={times.textOf(schedule)}
            onText={(text) => times.change(schedule.id, text)}
            onSave={times.save}
          />
        ))}
        {schedules.length > 0 && today ? <FireStrip schedules={schedules} today={today} /> : null}
        {times.unsaved.length > 0 ? (
          <SaveBar
            unsaved={times.unsaved}
            words={times.words}
            isSaving={times.isSaving}
            problem={times.problem}
            onDiscard={times.discard}
            onSave={times.save}
          />
        ) : null}
      </div>
    </main>
  );
}

function ScheduleSkeleton() {
  const t = useTranslations("schedule");
  return (
    <div aria-busy role="status" aria-label={t("loading")}>
      {["daily", "fill_missing"].map((id) => (
        <div key={id} className="border-b border-line px-6 py-5 max-sm:p-4">
          <Skeleton className="h-6 w-80 max-w-full" />
          <div className="grid grid-cols-3 gap-6 pt-12 pl-11 max-sm:grid-cols-1 max-sm:pl-0">
            <Skeleton className="h-24" />
            <Skeleton className="h-24" />
            <Skeleton className="h-24" />
          </div>
        </div>
      ))}
    </div>
  );
}
