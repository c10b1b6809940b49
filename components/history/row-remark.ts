"use client";

import { useTranslations } from "use-intl";
import { whoOf } from "@/components/progress/state-note";
import { useTaskErrorText } from "@/components/progress/task-error-note";
import { useFormat } from "@/components/shell/format";
import { useLive } from "@/components/live/live";
import type { Progress, TaskSummary } from "@/lib/contract/task";

/** The one sentence of a row: the day under way, why the task failed, that it waits for or went through a takeover. */
export function useRowRemark(task: TaskSummary, progress: Progress): string {
  const t = useTranslations("history");
  const words = useTranslations("task");
  const running = useTranslations("progress");
  const life = useTranslations("life.row");
  const reasons = useTranslations("pauseReason");
  const errorText = useTaskErrorText();
  const format = useFormat();
  const { state } = useLive();

  if (task.error) return errorText(task.error);
  if (progress.status === "interrupted") return running("waitsForTakeover");
  if (progress.status === "running") {
    const day = progress.current_date ? t("syncing", { type: progress.task_type, day: progress.current_date }) : "";
    if (!progress.eta_range || !state) return day;
    const nowMs = Date.parse(state.server_time);
    const [low, high] = progress.eta_range.map((seconds) => format.timeShort(nowMs + seconds * 1000));
    return [day, t("doneAt", { times: low === high ? `${low}` : `${low}–${high}` })].filter(Boolean).join(words("comma"));
  }
  const { success: stay, duration_seconds } = progress;
  if (progress.status === "queued")
    return task.start_time === null ? life("queued", { priority: progress.priority }) : life("resumed");
  if (progress.status === "paused" && progress.pause?.resume_at) {
    const time = format.moment(progress.pause.resume_at, state?.today ?? null);
    return life("systemPaused", { why: reasons(progress.pause.reason), time });
  }
  if (progress.status === "paused")
    return life("paused", { type: task.task_type, ...whoOf(progress.pause?.by ?? null), count: stay });
  if (progress.status === "cancelled") {
    if (task.start_time === null) return life("removed", whoOf(task.cancelled_by));
    const duration = format.duration(duration_seconds ?? 0);
    return life("cancelled", { type: task.task_type, ...whoOf(task.cancelled_by), duration, count: stay });
  }
  return task.takeovers > 0 ? words("takeovers", { count: task.takeovers }) : "";
}
