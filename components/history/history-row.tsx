"use client";

import { useTranslations } from "use-intl";
import { segmentsOf } from "@/components/day/outcome";
import { OutcomeBar } from "@/components/day/outcome-bar";
import { StatusBadge } from "@/components/day/status-badge";
import { useLive } from "@/components/live/live";
import { pushedTask } from "@/components/live/pushed-task";
import { useFormat } from "@/components/shell/format";
import { useLife } from "@/components/sync/use-life";
import { TextLink } from "@/components/ui/link";
import type { Progress, TaskSummary } from "@/lib/contract/task";
import { MiniCounts } from "./mini-counts";
import { useRowRemark } from "./row-remark";
import { CELL, ROW } from "./row-style";

/** One task; the running one follows the pushed state. */
export function HistoryRow({ task }: { task: TaskSummary }) {
  const t = useTranslations("history");
  const types = useTranslations("taskType");
  const format = useFormat();
  const progress = useLife().shown(useFreshest(task));
  const remark = useRowRemark(task, progress);
  const segments = segmentsOf(progress);
  const duration = progress.duration_seconds;
  return (
    <tr className={ROW}>
      <td className={`${CELL} text-ink-2 max-sm:hidden!`}>
        <time dateTime={task.created_at}>{format.time(task.created_at)}</time>
      </td>
      <td className={CELL}>
        {/* The link covers its row, so the whole line leads to the task. */}
        <TextLink
          href={`/history/${task.task_id}`}
          className="font-medium decoration-transparent after:absolute after:inset-0 after:content-[''] hover:decoration-line-control"
        >
          {format.days(task.start_date, task.end_date)}
        </TextLink>
        <div className="text-ink-3 [font:var(--t-12)] max-sm:whitespace-normal">
          <span className="sm:hidden">{format.timeShort(task.created_at)} · </span>
          {task.started_by ?? t("someone")} · {types(task.task_type)} · {t("days", { count: task.total })}
        </div>
      </td>
      <td className={`${CELL} max-sm:text-right`}>
        <StatusBadge status={progress.status} quiet />
      </td>
      <td className={`${CELL} max-w-0 max-sm:order-1 max-sm:col-span-full max-sm:mt-1 max-sm:max-w-none`}>
        <OutcomeBar segments={segments} mini />
        <div className="mt-[3px] flex min-w-0 gap-2.5 text-ink-2 [font:var(--t-12)] max-sm:flex-wrap max-sm:gap-y-0">
          <MiniCounts segments={segments} />
          {remark && (
            <span title={remark} className="min-w-0 truncate max-sm:basis-full max-sm:whitespace-normal">
              {remark}
            </span>
          )}
        </div>
      </td>
      <td className={`${CELL} text-right max-xl:pr-6! max-sm:hidden!`}>{duration === null ? "–" : format.duration(duration)}</td>
      <td className={`${CELL} text-right max-xl:hidden! ${progress.rows === 0 ? "text-ink-3" : ""}`}>
        {format.number(progress.start_time === null ? null : progress.rows)}
      </td>
    </tr>
  );
}

/** The pushed numbers of the task where they are newer than what was read. */
function useFreshest(task: TaskSummary): Progress {
  const { state } = useLive();
  const pushed = pushedTask(state, task.task_id);
  return pushed && pushed.seq >= task.seq ? pushed : task;
}
