"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslations } from "use-intl";
import { endQuery } from "@/components/data/task";
import { useLive } from "@/components/live/live";
import type { TaskSummary } from "@/lib/contract/task";
import { isBusy } from "@/lib/contract/task-rules";
import { wordOfStatus } from "./ended";
import { useFormat } from "./format";
import { useWatchedTask, watchTask } from "./watched-task";

/** Says by a notice of the browser that the watched task runs no longer, if the page is hidden. Shows nothing itself. */
export function EndNotice() {
  const t = useTranslations("notify");
  const format = useFormat();
  const queries = useQueryClient();
  const watched = useWatchedTask();
  const { state, connection } = useLive();
  // Asked again when the line is back: the question may have been lost with it.
  const isOver = watched !== null && connection === "live" && state !== null && state.current?.task_id !== watched;
  useEffect(() => {
    if (!isOver || watched === null) return;
    let isAsked = true;
    const tell = (task: TaskSummary) => {
      if (!isAsked || isBusy(task.status) || task.status === "queued") return;
      watchTask(null);
      if (!document.hidden) return;
      const { success, failed, skipped } = task;
      const range = format.days(task.start_date, task.end_date);
      show(
        t(`title.${wordOfStatus(task.status)}`, { type: task.task_type }),
        t("body", { type: task.task_type, range, success, failed, skipped }),
        watched,
      );
    };
    // The state names the next task a moment before it names how this one ended: the task itself knows.
    queries.fetchQuery(endQuery(watched)).then(tell, () => {});
    return () => {
      isAsked = false;
    };
  }, [isOver, watched, queries, t, format]);
  return null;
}

function show(title: string, body: string, tag: string): void {
  try {
    const notice = new Notification(title, { body, tag });
    notice.addEventListener("click", () => {
      window.focus();
      notice.close();
    });
  } catch {
    // Browsers on phones grant the permission and then only let service workers use it; the title of the tab still tells.
  }
}
