"use client";

import { RotateCw } from "lucide-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useLive } from "@/components/live/live";
import { Button } from "@/components/ui/button";
import type { ButtonLook } from "@/components/ui/button-style";
import type { Progress } from "@/lib/contract/task";
import { retryOf } from "./consequences";
import { useStart } from "./use-start";

interface RetryButtonProps {
  task: Progress;
  look?: ButtonLook;
}

/** A new task of exactly the days that failed, or that a stopped task did not come to. Nothing where there are none. */
export function RetryButton({ task, look = "secondary" }: RetryButtonProps) {
  const t = useTranslations("life.retry");
  const { start } = useStart();
  const { state, connection } = useLive();
  const [asked, setAsked] = useState(false);
  const retry = retryOf(task);
  if (!retry) return null;
  const press = async () => {
    setAsked(true);
    const { task_id, start_date, end_date } = task;
    await start(
      { retryOf: task_id, only: retry.only, start_date, end_date },
      { plan: { fetch_days: retry.days, seconds: null } },
    );
    setAsked(false);
  };
  return (
    <Button
      look={look}
      icon={<RotateCw aria-hidden size={16} strokeWidth={1.75} />}
      busy={asked}
      isDisabled={connection === "reconnecting" || state?.database.ok === false}
      onPress={() => void press()}
    >
      {t(retry.only, { count: retry.days })}
    </Button>
  );
}
