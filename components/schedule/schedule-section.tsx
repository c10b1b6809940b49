"use client";

import { type ReactNode, useId } from "react";
import { useTranslations } from "use-intl";
import { useConsoleInfo } from "@/components/data/queries";
import { useLive } from "@/components/live/live";
import { useCity } from "@/components/shell/use-city";
import { offsetOf } from "@/components/shell/clock-parts";
import type { Day } from "@/lib/contract/day";
import type { Schedule } from "@/lib/contract/schedule";
import { GapsNow } from "./gaps-now";
import { LastFires } from "./last-fires";
import { NextRuns } from "./next-runs";
import { ScheduleHead } from "./schedule-head";
import { TimeField } from "./time-field";
import { clockOf, readTime, zoneLabel } from "./when";

interface ScheduleSectionProps {
  schedule: Schedule;
  today: Day | null;
  /** The time in the field as it was typed, saved or not yet. */
  text: string;
  onText: (text: string) => void;
  onSave: () => void;
}

/** One schedule: what it does, when, what comes and what came of it. */
export function ScheduleSection({ schedule, today, text, onText, onSave }: ScheduleSectionProps) {
  const t = useTranslations("schedule");
  const city = useCity();
  const headId = useId();
  const { state } = useLive();
  const source = useConsoleInfo().data?.source ?? null;
  const code = (name: ReactNode) => <code>{name}</code>;
  const offset = schedule.next[0] ?? state?.server_time;
  return (
    <section aria-labelledby={headId} className="border-b border-line px-6 py-5 max-sm:p-4">
      <ScheduleHead id={headId} schedule={schedule} today={today} />
      <div className="pl-11 max-sm:pl-0">
        <p className="mt-1.5 mb-4 max-w-[72ch] text-ink-2">
          {t.rich(`about.${schedule.id}`, { count: schedule.days_back ?? 0, code })}
        </p>
        <div className="grid grid-cols-[minmax(0,252px)_minmax(0,216px)_minmax(0,1fr)] max-xl:grid-cols-2 max-xl:gap-y-5 max-sm:grid-cols-1 sm:*:not-first:border-l sm:*:not-first:border-line sm:*:not-first:pl-6 sm:max-xl:*:nth-2:border-l-0 sm:max-xl:*:nth-2:pl-0">
          <div className="grid content-start gap-3.5 pr-6 max-xl:col-span-full max-xl:grid-cols-2 max-xl:gap-x-6 max-xl:pr-0 max-sm:grid-cols-1">
            <TimeField
              label={t("time")}
              text={text}
              zone={zoneLabel(city(schedule.zone), offset ? offsetOf(offset) : null, t("comma"))}
              hint={timeHint()}
              unreadable={t("noTime")}
              onChange={onText}
              onEnter={onSave}
            />
            {schedule.days_back !== null && today ? <GapsNow daysBack={schedule.days_back} today={today} /> : null}
          </div>
          <div className="min-w-0 pr-4">
            <h3 className={SMALL_HEAD}>{t("nextRuns")}</h3>
            <NextRuns schedule={schedule} />
          </div>
          <div className="min-w-0">
            <h3 className={SMALL_HEAD}>{t("lastResults")}</h3>
            <LastFires schedule={schedule} today={today} />
          </div>
        </div>
      </div>
    </section>
  );

  function timeHint(): string | null {
    // Hour 0 says that the source publishes all day.
    if (schedule.id !== "daily" || !source || source.publish_hour === 0) return null;
    const published = clockOf(source.publish_hour);
    const time = readTime(text);
    return t(time !== null && time < published ? "beforePublished" : "published", { time: published });
  }
}

const SMALL_HEAD = "mb-1.5 text-ink-2 [font:var(--t-12)]";
