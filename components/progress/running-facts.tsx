"use client";

import { useTranslations } from "use-intl";
import { useLive } from "@/components/live/live";
import { useServerNow } from "@/components/live/server-now";
import { useFormat } from "@/components/shell/format";
import type { Progress } from "@/lib/contract/task";
import { elapsedSeconds } from "./eta";

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
      {elapsed !== null && <span>{t("runningFor", { duration: format.duration(elapsed) })}</span>}
    </>
  );
}
