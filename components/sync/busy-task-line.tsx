"use client";

import clsx from "clsx";
import { useTranslations } from "use-intl";
import { segmentsOf } from "@/components/day/outcome";
import { OutcomeBar } from "@/components/day/outcome-bar";
import { StatusBadge } from "@/components/day/status-badge";
import { useServerNow } from "@/components/live/server-now";
import { useFormat } from "@/components/shell/format";
import type { BusyTask, Progress } from "@/lib/contract/task";

interface BusyTaskLineProps {
  task: BusyTask;
  progress: Progress;
  hasEnded: boolean;
  isStale: boolean;
}

/** The running task in the words and with the bar of the console: range, status, who, how far, how long still. */
export function BusyTaskLine({ task, progress, hasEnded, isStale }: BusyTaskLineProps) {
  const t = useTranslations("busy");
  const types = useTranslations("taskType");
  const day = useTranslations("day");
  const format = useFormat();
  const type = types(task.task_type);
  const time = task.start_time ? format.time(task.start_time) : "–";
  const syncing = progress.status === "running" && progress.current_date;
  return (
    <div className="mt-4">
      <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-0.5">
        <span className="flex flex-wrap items-center gap-x-2.5">
          <b className="whitespace-nowrap">{format.days(task.start_date, task.end_date)}</b>
          <StatusBadge status={progress.status}>
            {syncing ? t("syncing", { type: task.task_type, day: progress.current_date ?? "" }) : undefined}
          </StatusBadge>
        </span>
        <span className="text-ink-2">
          {task.started_by ? t("since", { type, who: task.started_by, time }) : t("sinceNobody", { type, time })}
        </span>
      </div>
      <div className={clsx("mt-2.5 transition-opacity", isStale && "stale")}>
        <OutcomeBar segments={segmentsOf(progress)} />
        <div className="mt-2.5 flex flex-wrap justify-between gap-x-3 gap-y-0.5">
          <span>
            <b>{day("share", { percent: format.percent(progress.progress_percent) })}</b>&ensp;
            <span className="text-ink-2">
              {t("days", { current: progress.current, total: progress.total })}
              {progress.failed > 0 ? ` · ${t("failed", { count: progress.failed })}` : ""}
            </span>
          </span>
          {hasEnded ? null : <TimeLeft progress={progress} />}
        </div>
      </div>
    </div>
  );
}

function TimeLeft({ progress }: { progress: Progress }) {
  const t = useTranslations("busy");
  const format = useFormat();
  const now = useServerNow(1_000);
  if (!progress.eta_range || now === null) return <span className="text-ink-3">{t("noEta")}</span>;
  const [low, high] = progress.eta_range;
  const from = format.timeShort(now + low * 1000);
  const to = format.timeShort(now + high * 1000);
  return (
    <span className="text-ink-2">
      {t.rich("done", {
        times: from === to ? from : `${from}–${to}`,
        b: (words) => <b className="text-ink">{words}</b>,
      })}
      &ensp;{t("left", { range: format.rangeText(progress.eta_range) })}
    </span>
  );
}
