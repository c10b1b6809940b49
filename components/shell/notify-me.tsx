"use client";

import { Bell, BellRing } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslations } from "use-intl";
import { Button } from "@/components/ui/button";
import { notify } from "@/components/ui/toast";
import type { Progress } from "@/lib/contract/task";
import { isBusy } from "@/lib/contract/task-rules";
import { useWatchedTask, watchTask } from "./watched-task";

const ICON = { size: 14, strokeWidth: 1.75, "aria-hidden": true } as const;

/** Has the browser say when this task ends while nobody looks. Not there where the browser cannot or was told not to. */
export function NotifyMe({ task }: { task: Progress }) {
  const t = useTranslations("notify");
  const watched = useWatchedTask() === task.task_id;
  const [isPossible, setIsPossible] = useState(false);
  useEffect(() => {
    setIsPossible(window.isSecureContext && "Notification" in window && Notification.permission !== "denied");
  }, []);
  if (!isPossible || !isBusy(task.status)) return null;

  const toggle = async () => {
    if (watched) return watchTask(null);
    const permission = await Notification.requestPermission();
    if (permission === "granted") return watchTask(task.task_id);
    setIsPossible(permission !== "denied");
    notify(t("refused"), t("refusedText"));
  };
  return (
    <Button
      size="sm"
      look="quiet"
      className="px-2! max-sm:-ml-2"
      icon={watched ? <BellRing {...ICON} /> : <Bell {...ICON} />}
      aria-pressed={watched}
      onPress={() => void toggle()}
    >
      {watched ? t("on") : t("ask")}
    </Button>
  );
}
