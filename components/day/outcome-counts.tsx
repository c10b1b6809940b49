"use client";

import { useTranslations } from "use-intl";
import { useFormat } from "@/components/shell/format";
import type { TaskDay, TaskType } from "@/lib/contract/task";
import { Mark } from "./mark";
import type { Segment } from "./outcome";

interface OutcomeCountsProps {
  /** A verify compares where the others succeed. */
  type: TaskType;
  segments: readonly Segment[];
  /** Adds how many of the skips were already complete. */
  days?: readonly TaskDay[] | undefined;
  /** Nothing is to come any more. */
  taskIsFinal?: boolean;
}

/** The legend of the bar with its counts. */
export function OutcomeCounts({ type, segments, days, taskIsFinal = false }: OutcomeCountsProps) {
  const t = useTranslations("task");
  const format = useFormat();
  const kept = days?.reduce((sum, day) => sum + (day.reason === "already_synced" ? 1 : 0), 0) ?? 0;
  return (
    <div className="mt-3 flex flex-wrap gap-x-4 gap-y-1">
      {segments.map(({ look, days: count }) => {
        if (look === "none") {
          return count === 0 ? null : (
            <span key={look} className="text-ink-2">
              {t(taskIsFinal ? "notReached" : "toCome", { days: count })}
            </span>
          );
        }
        if (count === 0 && look !== "complete") return null;
        return (
          <Mark key={look} look={look} count={format.number(count)}>
            {t(`outcome.${look}`, { type })}
            {look === "skipped" && kept > 0 && t("keptOfSkips", { kept })}
          </Mark>
        );
      })}
    </div>
  );
}
