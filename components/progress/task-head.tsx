"use client";

import type { ReactNode } from "react";
import { StatusBadge } from "@/components/day/status-badge";
import { useFormat } from "@/components/shell/format";
import type { Progress } from "@/lib/contract/task";

interface Props {
  id: string;
  task: Pick<Progress, "task_id" | "start_date" | "end_date" | "status">;
  /** Replaces the badge of the status. */
  badge?: ReactNode;
  /** Stands behind the status. */
  remark?: ReactNode;
  /** Facts of the second line: type, who, since when. */
  facts: ReactNode;
  actions?: ReactNode;
}

/** Range and status of a task, and in the second line who, when and its id. */
export function TaskHead({ id, task, badge, remark, facts, actions }: Props) {
  const format = useFormat();
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
      <div className="flex min-w-0 flex-[1_1_300px] flex-wrap items-center gap-x-2.5 gap-y-0.5">
        <h2 id={id} tabIndex={-1} className="whitespace-nowrap tracking-[-.01em] [font:var(--t-18)]">
          {format.days(task.start_date, task.end_date)}
        </h2>
        {badge || <StatusBadge status={task.status} />}
        {remark && <span className="text-ink-2">{remark}</span>}
      </div>
      {actions && <div className="max-sm:order-last max-sm:mt-2 max-sm:basis-full">{actions}</div>}
      <FactLine>
        {facts}
        <span className="text-ink-3 [overflow-wrap:anywhere] [font-family:var(--mono)] text-[.92em] max-sm:hidden">
          {task.task_id}
        </span>
      </FactLine>
    </div>
  );
}

/** Facts in a row, parted by middle dots that vanish where the line wraps. Every fact is one element. */
function FactLine({ children }: { children: ReactNode }) {
  return (
    <div className="-ml-4 flex basis-full flex-wrap items-baseline text-ink-2 [clip-path:inset(0_0_0_16px)] *:relative *:pl-4 *:before:absolute *:before:left-1.5 *:before:text-ink-3 *:before:content-['·']">
      {children}
    </div>
  );
}
