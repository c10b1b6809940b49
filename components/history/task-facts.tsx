"use client";

import { useTranslations } from "use-intl";
import { useLive } from "@/components/live/live";
import { RunningFacts } from "@/components/progress/running-facts";
import { useFormat } from "@/components/shell/format";
import type { TaskSummary } from "@/lib/contract/task";
import { isFinal } from "@/lib/contract/task-rules";

/** The second line of the task page: type, who, when, where, from which source, with which options. */
export function TaskFacts({ task }: { task: TaskSummary }) {
  const t = useTranslations("task");
  const types = useTranslations("taskType");
  const format = useFormat();
  const { state } = useLive();
  const done = isFinal(task.status);
  return (
    <>
      {done ? (
        <>
          <span>{types(task.task_type)}</span>
          <span>
            {task.start_time
              ? t("startedBy", {
                  who: task.started_by ?? "",
                  known: String(task.started_by !== null),
                  time: format.moment(task.start_time, state?.today ?? null),
                })
              : t("notStarted")}
          </span>
        </>
      ) : (
        <RunningFacts progress={task} />
      )}
      {task.holder && <span>{t("ranOn", { running: String(!done), holder: task.holder })}</span>}
      {task.takeovers > 0 && <span>{t("takeovers", { count: task.takeovers })}</span>}
      <span>{t("source", { source: task.source })}</span>
      {task.options.force && <span>{t("force")}</span>}
      {task.options.accept_incomplete && <span>{t("acceptIncomplete")}</span>}
      {task.options.order === "desc" && <span>{t("desc")}</span>}
    </>
  );
}
