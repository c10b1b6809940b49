"use client";

import { useTranslations } from "use-intl";
import { consequencesOf } from "@/components/sync/consequences";
import type { Progress } from "@/lib/contract/task";
import { SystemPauseNote } from "./system-pause-note";

/** What a pause, a cancel or a place in the queue means right now, under the head of the task. Nothing for the rest. */
export function StateNote({ task, cancelledBy = null }: { task: Progress; cancelledBy?: string | null }) {
  const t = useTranslations("life.note");
  const { stay, notFetched } = consequencesOf(task);
  const type = task.task_type;
  const text = () => {
    switch (task.status) {
      case "pausing":
        return t("pausing", { type });
      case "paused":
        return t("paused", { type, ...whoOf(task.pause?.by ?? null), count: stay });
      case "cancelling":
        return t("cancelling", { type, count: stay });
      case "cancelled":
        if (task.start_time === null) return t("removed", whoOf(cancelledBy));
        return t("cancelled", { type, ...whoOf(cancelledBy), count: stay, open: notFetched ?? 0 });
      case "queued":
        return task.start_time === null ? t("queued", { priority: task.priority }) : t("resumed");
      default:
        return null;
    }
  };
  if (task.status === "paused" && task.pause && task.pause.reason !== "person")
    return <SystemPauseNote pause={task.pause} reason={task.pause.reason} type={type} stay={stay} />;
  const words = text();
  return words === null ? null : <p className="mt-3 max-w-[68ch]">{words}</p>;
}

/** A name for a sentence: whether there is one, and which. */
export function whoOf(name: string | null): { known: string; who: string } {
  return { known: String(name !== null), who: name ?? "" };
}
