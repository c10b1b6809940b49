"use client";

import { parseAsBoolean, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useId, useMemo } from "react";
import { useTranslations } from "use-intl";
import { useTaskDays } from "@/components/data/queries";
import { daysNow } from "@/components/day/days-now";
import { DayIcon } from "@/components/day/icon";
import type { DayLook } from "@/components/day/look";
import { LoadFailed } from "@/components/progress/load-failed";
import { useFormat } from "@/components/shell/format";
import { Chip } from "@/components/ui/chip";
import { Skeleton } from "@/components/ui/skeleton";
import type { TaskSummary } from "@/lib/contract/task";
import { isFinal } from "@/lib/contract/task-rules";
import { DAY_FILTERS, type DayFilter, countByFilter, dayRows } from "./day-rows";
import { DaysTable } from "./days-table";

const LOOK: Record<DayFilter, DayLook | null> = { all: null, success: "complete", failed: "failed", skipped: "skipped" };

const PARSERS = {
  show: parseAsStringLiteral(DAY_FILTERS).withDefault("all"),
  group: parseAsBoolean.withDefault(false),
};

/** The days of a task with their filters; filters are in the URL. */
export function DaysSection({ task }: { task: TaskSummary }) {
  const t = useTranslations("task.table");
  const headId = useId();
  const format = useFormat();
  const read = useTaskDays(task.task_id);
  const [{ show, group }, setUrl] = useQueryStates(PARSERS);
  const { status, current_date } = task;
  const days = useMemo(() => daysNow(read.data?.days ?? [], { status, current_date }), [read.data, status, current_date]);
  const counts = useMemo(() => countByFilter(days), [days]);
  const rows = useMemo(() => dayRows(days, show, group), [days, show, group]);
  return (
    <section aria-labelledby={headId}>
      <div className="mb-2 flex flex-wrap items-center gap-x-3 gap-y-2 px-6 pt-4 max-sm:px-4">
        <h2 id={headId} className="[font:var(--t-14)]">
          {t("title")}
        </h2>
        <span className="text-ink-2">{read.data ? format.number(days.length) : ""}</span>
        <div role="group" aria-label={t("filter")} className="flex flex-wrap gap-1.5 max-sm:gap-1 sm:ml-2">
          {DAY_FILTERS.map((filter) => {
            const look = LOOK[filter];
            return (
              <Chip key={filter} isSelected={show === filter} onChange={() => void setUrl({ show: filter })}>
                {look && <DayIcon look={look} />}
                {t(filter, { type: task.task_type, count: counts[filter], known: String(read.data !== undefined) })}
              </Chip>
            );
          })}
        </div>
        <Chip className="sm:ml-auto" isSelected={group} onChange={(selected) => void setUrl({ group: selected || null })}>
          {t("group")}
        </Chip>
      </div>
      {read.isPending ? (
        <div aria-busy className="grid gap-2 px-6 py-4 max-sm:px-4">
          <Skeleton />
          <Skeleton />
          <Skeleton />
        </div>
      ) : read.isError && !read.data ? (
        <div className="px-6 py-4 max-sm:px-4">
          <LoadFailed error={read.error} onRetry={() => void read.refetch()} />
        </div>
      ) : rows.length === 0 ? (
        <p className="border-t border-line px-6 py-5 text-ink-2 max-sm:px-4">{days.length === 0 ? t("notPlanned") : t("none")}</p>
      ) : (
        <DaysTable taskId={task.task_id} rows={rows} days={days} taskIsFinal={isFinal(task.status)} />
      )}
      <div className="h-6" />
    </section>
  );
}
