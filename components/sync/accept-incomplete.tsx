"use client";

import { PackageCheck } from "lucide-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useLive } from "@/components/live/live";
import type { Cause } from "@/components/progress/causes";
import { Button } from "@/components/ui/button";
import type { Progress } from "@/lib/contract/task";
import { isFinal } from "@/lib/contract/task-rules";
import { useStart } from "./use-start";

interface Props {
  task: Pick<Progress, "task_id" | "task_type" | "status" | "start_date" | "end_date">;
  cause: Cause;
}

/** Days that were held back for their few rows are fetched again and stored as they come: whoever presses it looked. */
export function AcceptIncomplete({ task, cause }: Props) {
  const t = useTranslations("life.retry");
  const { start } = useStart();
  const { state, connection } = useLive();
  const [asked, setAsked] = useState(false);
  if (cause.code !== "incomplete" || task.task_type === "verify" || !isFinal(task.status)) return null;
  const days = cause.days.map(({ date }) => date).toSorted();
  const press = async () => {
    setAsked(true);
    const { task_id, start_date, end_date } = task;
    await start(
      { retryOf: task_id, only: "failed", days, accept_incomplete: true, start_date, end_date },
      { plan: { fetch_days: days.length, seconds: null } },
    );
    setAsked(false);
  };
  return (
    <Button
      size="sm"
      className="mt-1.5"
      icon={<PackageCheck aria-hidden size={14} strokeWidth={1.75} />}
      busy={asked}
      isDisabled={connection === "reconnecting" || state?.database.ok === false}
      onPress={() => void press()}
    >
      {t("accept", { count: days.length })}
    </Button>
  );
}
