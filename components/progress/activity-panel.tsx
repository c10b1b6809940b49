"use client";

import { ChevronRight } from "lucide-react";
import { useTranslations } from "use-intl";
import { useTasks } from "@/components/data/queries";
import { useLive } from "@/components/live/live";
import { useFormat } from "@/components/shell/format";
import { ButtonLink, TextLink } from "@/components/ui/link";
import { Section } from "@/components/ui/section";
import { Skeleton } from "@/components/ui/skeleton";
import { type Happened, happenedLast } from "./activity";
import { LoadFailed } from "./load-failed";
import { whoOf } from "./state-note";
import { useTaskErrorText } from "./task-error-note";

const LINES = 5;

/** Who started what, when, and how it ended. */
export function ActivityPanel() {
  const t = useTranslations("activity");
  const { state } = useLive();
  const format = useFormat();
  const tasks = useTasks({ limit: LINES });
  const lines = happenedLast(tasks.data?.tasks ?? [], LINES);
  return (
    <Section
      title={t("title")}
      end={
        <ButtonLink look="quiet" size="sm" href="/history" className="-mr-2.5">
          {t("all")}
          <ChevronRight aria-hidden size={14} />
        </ButtonLink>
      }
    >
      {tasks.isPending ? (
        <Skeleton className="h-16" />
      ) : tasks.isError && !tasks.data ? (
        <LoadFailed error={tasks.error} onRetry={() => void tasks.refetch()} />
      ) : lines.length === 0 ? (
        <p className="text-ink-2">{t("none")}</p>
      ) : (
        <ol className="grid gap-1.5">
          {lines.map((happened) => (
            <li key={`${happened.task.task_id} ${happened.kind}`} className="grid grid-cols-[92px_minmax(0,1fr)]">
              <time dateTime={happened.at} className="whitespace-nowrap text-ink-3">
                {format.moment(happened.at, state?.today ?? null)}
              </time>
              <ActivityLine happened={happened} />
            </li>
          ))}
        </ol>
      )}
    </Section>
  );
}

function ActivityLine({ happened: { kind, task } }: { happened: Happened }) {
  const t = useTranslations("activity");
  const types = useTranslations("taskType");
  const format = useFormat();
  const errorText = useTaskErrorText();
  const link = (
    <TextLink href={`/history/${task.task_id}`} className="whitespace-nowrap decoration-transparent hover:decoration-current">
      {format.days(task.start_date, task.end_date)}
    </TextLink>
  );
  if (kind === "started" || kind === "queued") {
    return (
      <span>
        {t.rich(kind, {
          who: task.started_by ?? "",
          known: String(task.started_by !== null),
          type: types(task.task_type),
          b: (text) => <b className="font-semibold">{text}</b>,
          q: (text) => <span className="text-ink-2">{text}</span>,
          range: () => <span className="text-ink-2">{link}</span>,
        })}
      </span>
    );
  }
  return (
    <span>
      <b className="font-semibold">{t(kind, { type: task.task_type })}</b>&ensp;
      <span className="text-ink-2">
        {task.cancelled_by !== null && <>{t("cancelledBy", whoOf(task.cancelled_by))}&ensp;</>}
        {task.error
          ? errorText(task.error)
          : kind !== "removed" &&
            t("counts", {
              type: task.task_type,
              success: task.success,
              failed: task.failed,
              skipped: task.skipped,
              duration: format.duration(task.duration_seconds ?? 0),
            })}
        &ensp;{link}
      </span>
    </span>
  );
}
