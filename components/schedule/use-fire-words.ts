"use client";

import { useTranslations } from "use-intl";
import { useTaskErrorText } from "@/components/progress/task-error-note";
import type { ScheduleFire } from "@/lib/contract/schedule";
import type { TaskSummary } from "@/lib/contract/task";
import { lookOfFire } from "./fire-look";

/** What became of a fire: a word, and why or how much. */
export function useFireWords() {
  const t = useTranslations("fire");
  const errorText = useTaskErrorText();
  return (fire: ScheduleFire, task: TaskSummary | null) => {
    const look = lookOfFire(fire, task);
    return { look, word: t(`look.${look}`), why: why(look) };

    function why(of: typeof look): string {
      switch (of) {
        case "complete":
        case "partly":
        case "failed":
          return task?.error ? errorText(task.error) : task ? t("result", countsOf(task)) : "";
        case "running":
        case "paused":
          return task ? t("under_way", { current: task.current, total: task.total }) : "";
        case "cancelled":
          return task ? t("cancelled", { count: task.success }) : "";
        case "waiting":
          return t("waiting");
        case "closed_day":
        case "nothing_missing":
        case "skipped_busy":
          return t(`why.${of}`);
        case "missed":
          return t(fire.schedule_id === "daily" ? "why.missed_daily" : "why.missed_fill");
        default:
          return "";
      }
    }
  };
}

function countsOf({ success, failed, rows }: TaskSummary) {
  return { success, failed, rows };
}
