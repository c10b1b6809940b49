"use client";

import clsx from "clsx";
import { useId } from "react";
import { useTranslations } from "use-intl";
import { useTaskDays } from "@/components/data/queries";
import { segmentsOf } from "@/components/day/outcome";
import { OutcomeBar } from "@/components/day/outcome-bar";
import { OutcomeCounts } from "@/components/day/outcome-counts";
import { StatusBadge } from "@/components/day/status-badge";
import { useLive } from "@/components/live/live";
import { Announcer } from "@/components/progress/announcer";
import { CurrentDay } from "@/components/progress/current-day";
import { CurrentFigures } from "@/components/progress/current-figures";
import { StateNote } from "@/components/progress/state-note";
import { TaskErrorNote } from "@/components/progress/task-error-note";
import { TaskHead } from "@/components/progress/task-head";
import { NotifyMe } from "@/components/shell/notify-me";
import { LifeButtons } from "@/components/sync/life-buttons";
import { RetryButton } from "@/components/sync/retry-button";
import { useLife } from "@/components/sync/use-life";
import type { TaskSummary } from "@/lib/contract/task";
import { isFinal } from "@/lib/contract/task-rules";
import { ReceiptMenu } from "./receipt-menu";
import { TaskFacts } from "./task-facts";

/** Head, bar and counts of a task; its figures and the day under way while it runs. */
export function TaskOverview({ task: read }: { task: TaskSummary }) {
  const t = useTranslations("progress");
  const headId = useId();
  const task = useLife().shown(read);
  const { connection } = useLive();
  const { data } = useTaskDays(task.task_id);
  const segments = segmentsOf(task);
  const done = isFinal(task.status);
  const syncing = task.status === "running" && task.current_date;
  return (
    <section aria-labelledby={headId} className="border-b border-line px-6 pt-2 pb-5 max-sm:px-4">
      <Announcer progress={task} />
      <TaskHead
        id={headId}
        task={task}
        badge={
          syncing && (
            <StatusBadge status="running">{t("syncing", { type: task.task_type, day: task.current_date ?? "" })}</StatusBadge>
          )
        }
        remark={done && task.failed > 0 && t("failedDays", { count: task.failed })}
        actions={
          <div className="flex flex-wrap items-center gap-2">
            <NotifyMe task={task} />
            <LifeButtons task={read} />
            <RetryButton task={task} look="primary" />
            <ReceiptMenu taskId={task.task_id} size={done ? "md" : "sm"} />
          </div>
        }
        facts={<TaskFacts task={task} />}
      />
      {task.error && <TaskErrorNote error={task.error} />}
      <StateNote task={task} cancelledBy={task.cancelled_by} />
      {task.status === "interrupted" && <p className="mt-3 max-w-[68ch]">{t("interrupted", { type: task.task_type })}</p>}
      <div className={clsx("transition-opacity duration-200", done ? "mt-5" : connection === "reconnecting" && "stale")}>
        {!done && <CurrentFigures key={task.task_id} progress={task} />}
        <OutcomeBar segments={segments} />
        <OutcomeCounts type={task.task_type} segments={segments} days={data?.days} taskIsFinal={done} />
        {!done && task.status !== "interrupted" && <CurrentDay progress={task} />}
      </div>
    </section>
  );
}
