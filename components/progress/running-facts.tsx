"use client";

import { useTranslations } from "use-intl";
import { useLive } from "@/components/live/live";
import { useServerNow } from "@/components/live/server-now";
import { useFormat } from "@/components/shell/format";
import type { Progress, TaskStatus } from "@/lib/contract/task";
import { elapsedSeconds } from "./eta";

/** Statuses of a task that somebody works on; the time of a paused one stands still. */
const CLOCK_RUNS = new Set<TaskStatus>(["running", "pausing", "cancelling", "interrupted"]);

/** Type, who started it and when, and for how long it has been running. The clock stands still while the page is cut off. */
export function RunningFacts({ progress }: { progress: Progress }) {
  const t = useTranslations("progress");
  const types = useTranslations("taskType");
  const format = useFormat();
  const { state, connection } = useLive();
  const now = useServerNow();
  const at = connection === "reconnecting" && state ? Date.parse(state.server_time) : now;
  const elapsed = elapsedSeconds(progress, at);
  return (
    <>
      <span>{types(progress.task_type)}</span>
      {progress.start_time && (
        <span>
          {t("startedBy", {
            who: progress.started_by ?? "",
            known: String(progress.started_by !== null),
            time: format.moment(progress.start_time, state?.today ?? null),
          })}
        </span>
      )}
      {elapsed !== null && CLOCK_RUNS.has(progress.status) && (
        <span>{t("runningFor", { duration: format.duration(elapsed) })}</span>
      )}
    </>
  );
}
