"use client";

import { useMemo } from "react";
import { useTranslations } from "use-intl";
import { useTaskDays } from "@/components/data/queries";
import { useLive } from "@/components/live/live";
import { AcceptIncomplete } from "@/components/sync/accept-incomplete";
import { Section } from "@/components/ui/section";
import { CauseList } from "./cause-list";
import { groupByCause } from "./causes";
import { useShownTask } from "./shown-task";

/** Days of the task the console shows that somebody should look at, grouped by cause. Nothing when all is well. */
export function AttentionPanel() {
  const t = useTranslations("attention");
  const { connection } = useLive();
  const task = useShownTask();
  const { data } = useTaskDays(task?.task_id ?? null);
  const causes = useMemo(() => groupByCause(data?.days ?? []), [data]);
  if (task === null || causes.length === 0) return null;
  return (
    <Section title={t("title")} note={t("counts", { failed: task.failed, suspect: task.suspect })}>
      <div className={connection === "reconnecting" ? "stale" : ""}>
        <CauseList
          taskId={task.task_id}
          causes={causes}
          actionOf={(cause) => <AcceptIncomplete task={task} cause={cause} />}
          timeOf={(day) => task.errors.find((error) => error.date === day)?.time ?? null}
        />
      </div>
    </Section>
  );
}
