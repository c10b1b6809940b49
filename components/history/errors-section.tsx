"use client";

import { useMemo } from "react";
import { useTranslations } from "use-intl";
import { useTaskDays } from "@/components/data/queries";
import { CauseList } from "@/components/progress/cause-list";
import { groupByCause } from "@/components/progress/causes";
import { LoadFailed } from "@/components/progress/load-failed";
import { AcceptIncomplete } from "@/components/sync/accept-incomplete";
import { Section } from "@/components/ui/section";
import { Skeleton } from "@/components/ui/skeleton";
import type { TaskSummary } from "@/lib/contract/task";
import { isFinal } from "@/lib/contract/task-rules";

/** Days of a task that somebody should look at, by cause. */
export function ErrorsSection({ task }: { task: TaskSummary }) {
  const t = useTranslations("attention");
  const read = useTaskDays(task.task_id);
  const causes = useMemo(() => groupByCause(read.data?.days ?? []), [read.data]);
  return (
    <Section title={t("byCause")} note={t("counts", { failed: task.failed, suspect: task.suspect })} className="border-b-0!">
      {read.isPending ? (
        <Skeleton className="h-12" />
      ) : read.isError && !read.data ? (
        <LoadFailed error={read.error} onRetry={() => void read.refetch()} />
      ) : causes.length === 0 ? (
        <p className="text-ink-2">{t(isFinal(task.status) ? "none" : "noneYet")}</p>
      ) : (
        <CauseList
          compact
          taskId={task.task_id}
          causes={causes}
          actionOf={(cause) => <AcceptIncomplete task={task} cause={cause} />}
          timeOf={(day) => task.errors.find((error) => error.date === day)?.time ?? null}
        />
      )}
    </Section>
  );
}
