"use client";

import { useTranslations } from "use-intl";
import { useTasksOfSchedule } from "@/components/data/schedules";
import { useFormat } from "@/components/shell/format";
import { TextLink } from "@/components/ui/link";
import type { Day } from "@/lib/contract/day";
import type { Schedule, ScheduleFire } from "@/lib/contract/schedule";
import type { TaskSummary } from "@/lib/contract/task";
import { FireSign } from "./fire-sign";
import { useFireWords } from "./use-fire-words";

const SHOWN = 7;

/** The last fires, newest first: when, what became of it, and the way to its task. */
export function LastFires({ schedule, today }: { schedule: Schedule; today: Day | null }) {
  const t = useTranslations("schedule");
  const tasks = useTasksOfSchedule(schedule.id);
  if (schedule.last.length === 0) {
    const isFiring = schedule.enabled && schedule.held === null;
    return <p className="max-w-[44ch] text-ink-2">{t(`noneYet.${isFiring ? schedule.id : "idle"}`)}</p>;
  }
  return (
    <ol className="grid gap-1.5">
      {schedule.last.slice(0, SHOWN).map((fire) => (
        <FireLine key={fire.local_date} fire={fire} task={tasks.get(fire.task_id ?? "") ?? null} today={today} />
      ))}
    </ol>
  );
}

function FireLine({ fire, task, today }: { fire: ScheduleFire; task: TaskSummary | null; today: Day | null }) {
  const t = useTranslations("schedule");
  const format = useFormat();
  const words = useFireWords()(fire, task);
  const day = format.dayOf(fire.at);
  // With the day even today: the times of a column are compared with each other.
  const time = `${today && day.slice(0, 4) === today.slice(0, 4) ? format.dayShort(day) : day} ${format.timeShort(fire.at)}`;
  return (
    <li className="grid grid-cols-[86px_128px_minmax(0,1fr)] gap-x-2.5 max-xl:grid-cols-[86px_minmax(0,1fr)]">
      <time dateTime={fire.at} className="whitespace-nowrap text-ink-2">
        {time}
      </time>
      <span className="flex items-start gap-1.5 font-medium">
        <FireSign look={words.look} className="mt-[3px]" />
        {fire.task_id ? (
          <TextLink href={`/history/${fire.task_id}`} aria-label={t("openTaskOf", { word: words.word, time })}>
            {words.word}
          </TextLink>
        ) : (
          <span>{words.word}</span>
        )}
      </span>
      <span className="text-ink-2 [overflow-wrap:anywhere] max-xl:col-start-2">{words.why}</span>
    </li>
  );
}
