"use client";

import { useId } from "react";
import { useTranslations } from "use-intl";
import { useTaskDays } from "@/components/data/queries";
import { useTask } from "@/components/data/task";
import { segmentsOf } from "@/components/day/outcome";
import { OutcomeBar } from "@/components/day/outcome-bar";
import { OutcomeCounts } from "@/components/day/outcome-counts";
import { DayGridWait } from "@/components/day/day-grid-wait";
import { TaskDayGrid } from "@/components/day/task-day-grid";
import { useLive } from "@/components/live/live";
import { useFormat } from "@/components/shell/format";
import { RetryButton } from "@/components/sync/retry-button";
import { Figure, Figures } from "@/components/ui/figures";
import { ButtonLink } from "@/components/ui/link";
import type { Progress } from "@/lib/contract/task";
import { StateNote } from "./state-note";
import { TaskErrorNote } from "./task-error-note";
import { TaskHead } from "./task-head";

/** Nothing runs: what the last task did. */
export function LastResult({ progress }: { progress: Progress }) {
  const t = useTranslations("progress");
  const verify = useTranslations("verify");
  const compares = progress.task_type === "verify";
  const types = useTranslations("taskType");
  const format = useFormat();
  const headId = useId();
  const { state } = useLive();
  const today = state?.today ?? null;
  const { data: task } = useTask(progress.task_id);
  const { data } = useTaskDays(progress.task_id);
  const segments = segmentsOf(progress);
  const predicted = task?.predicted?.seconds ?? null;
  return (
    <section aria-labelledby={headId} className="border-b border-line px-6 py-5 max-sm:p-4">
      <TaskHead
        id={headId}
        task={progress}
        remark={progress.failed > 0 && t("failedDays", { count: progress.failed })}
        actions={
          <div className="flex flex-wrap items-center gap-2">
            <RetryButton task={progress} />
            <ButtonLink href={`/history/${progress.task_id}`}>{t("openTask")}</ButtonLink>
          </div>
        }
        facts={
          <>
            <span>{t("lastResult")}</span>
            <span>{types(progress.task_type)}</span>
            {progress.start_time && (
              <span>
                {t("startedBy", {
                  who: progress.started_by ?? "",
                  known: String(progress.started_by !== null),
                  time: format.moment(progress.start_time, today),
                })}
              </span>
            )}
          </>
        }
      />
      {task?.error && <TaskErrorNote error={task.error} />}
      <StateNote task={progress} cancelledBy={task?.cancelled_by ?? null} />
      <Figures>
        <Figure
          label={t("outcome")}
          value={format.number(progress.success)}
          unit={t("ofDays", { days: progress.fetch_days })}
          note={compares ? verify("compared") : t("committed", { suspect: progress.suspect })}
        />
        <Figure
          label={t("duration")}
          value={progress.duration_seconds === null ? "–" : <BigDuration text={format.duration(progress.duration_seconds)} />}
          note={predicted ? t("predicted", { range: format.rangeText(predicted) }) : task ? t("notPredicted") : ""}
        />
        <Figure
          label={compares ? verify("rowsCompared") : t("rowsStored")}
          value={format.number(progress.rows)}
          note={progress.end_time ? t("finishedAt", { time: format.moment(progress.end_time, today) }) : ""}
        />
      </Figures>
      <OutcomeBar segments={segments} />
      <OutcomeCounts type={progress.task_type} segments={segments} days={data?.days} taskIsFinal />
      <div className="mt-5">
        {data ? (
          <TaskDayGrid days={data.days} taskIsFinal fetchedShare={null} label={t("daysOfTask")} />
        ) : (
          <DayGridWait from={progress.start_date} to={progress.end_date} />
        )}
      </div>
    </section>
  );
}

/** `11 min 28 s` with its units set small, as beside every big figure. */
function BigDuration({ text }: { text: string }) {
  return text.split(/(\d+)/).map((part) =>
    /\d/.test(part) ? (
      part
    ) : (
      <small key={part} className="whitespace-pre tracking-normal text-ink-2 [font:500_.875rem/1_var(--font)]">
        {part}
      </small>
    ),
  );
}
