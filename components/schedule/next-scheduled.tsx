"use client";

import { CalendarClock, ChevronRight } from "lucide-react";
import { useTranslations } from "use-intl";
import { useSchedules } from "@/components/data/schedules";
import { LoadFailed } from "@/components/progress/load-failed";
import { ButtonLink } from "@/components/ui/link";
import { Section } from "@/components/ui/section";
import { Skeleton } from "@/components/ui/skeleton";
import type { Schedule } from "@/lib/contract/schedule";
import { useWhen } from "./use-when";

/** On the console: when each schedule fires next, or why it does not. */
export function NextScheduled() {
  const t = useTranslations("schedule");
  const read = useSchedules();
  return (
    <Section
      pane="side"
      title={t("nextScheduled")}
      end={
        <ButtonLink look="quiet" size="sm" href="/schedule" className="-mr-2.5">
          {t("toSchedule")}
          <ChevronRight aria-hidden size={14} />
        </ButtonLink>
      }
    >
      {read.isPending ? <Skeleton className="h-20" /> : null}
      {read.isError && !read.data ? <LoadFailed error={read.error} onRetry={() => void read.refetch()} /> : null}
      {read.data ? (
        <ul className="grid gap-2.5">
          {read.data.map((schedule) => (
            <ScheduleLine key={schedule.id} schedule={schedule} />
          ))}
        </ul>
      ) : null}
    </Section>
  );
}

function ScheduleLine({ schedule }: { schedule: Schedule }) {
  const t = useTranslations("schedule");
  const { when, left } = useWhen();
  const next = schedule.next[0];
  return (
    <li className="grid grid-cols-[14px_minmax(0,1fr)_auto] gap-x-2.5">
      <CalendarClock aria-hidden size={14} className="mt-[3px] text-ink-2" />
      <div>
        <div>{t(`name.${schedule.id}`)}</div>
        <div className="text-ink-3 first-letter:uppercase">
          {next ? when(next) : schedule.enabled ? t(`waits.${schedule.held ?? "none"}`) : t("off")}
        </div>
      </div>
      <span className="whitespace-nowrap text-ink-2">{next ? left(next) : null}</span>
    </li>
  );
}
