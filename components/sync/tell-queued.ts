"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useCallback, useEffect, useRef } from "react";
import { useTranslations } from "use-intl";
import { taskQuery } from "@/components/data/task";
import { useLive } from "@/components/live/live";
import { useFormat } from "@/components/shell/format";
import { notify } from "@/components/ui/toast";
import { placeInQueue } from "./consequences";

/** Tells where a task stands that was asked to wait, with a link to it: in the queue, or running because the way was free. */
export function useTellQueued(): (taskId: string) => Promise<void> {
  const t = useTranslations("queue");
  const start = useTranslations("start");
  const format = useFormat();
  const router = useRouter();
  const queries = useQueryClient();
  const { state } = useLive();
  // Read when the reply is there, not when the button was pressed.
  const queue = useRef(state?.queue.tasks ?? []);
  useEffect(() => {
    queue.current = state?.queue.tasks ?? [];
  }, [state]);

  return useCallback(
    async (taskId) => {
      const open = { label: t("open"), onPress: () => router.push(`/history/${taskId}`) };
      // The task is there whether or not it can be read now.
      const task = await queries.fetchQuery(taskQuery(taskId)).catch(() => null);
      if (!task) return notify(t("queued"), undefined, open);
      const range = format.days(task.start_date, task.end_date);
      if (task.status !== "queued") return notify(start("started", { type: task.task_type }), range, open);
      const others = queue.current.filter((each) => each.task_id !== taskId);
      notify(t("queued"), t("queuedText", { range, place: placeInQueue(others, task.priority) }), open);
    },
    [queries, router, format, t, start],
  );
}
