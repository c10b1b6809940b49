"use client";

import { useRef } from "react";
import { useTranslations } from "use-intl";
import { useLive } from "@/components/live/live";
import { Skeleton } from "@/components/ui/skeleton";
import { isFinal } from "@/lib/contract/task-rules";
import { Announcer } from "./announcer";
import { CurrentTask } from "./current-task";
import { LastResult } from "./last-result";
import { useShownTask } from "./shown-task";
import { useKeptFocus } from "./use-kept-focus";

/** The head of the console: the current or paused task live, else the last result; a skeleton before the first state. */
export function NowPanel() {
  const { state } = useLive();
  const task = useShownTask();
  const panel = useRef<HTMLDivElement>(null);
  // Another task, or another view of the same one: the buttons of before are gone.
  useKeptFocus(panel, task === null ? null : `${task.task_id} ${isFinal(task.status)}`);
  return (
    <>
      {/* Outside of both panels, so that it lives on when the task ends and can say so. */}
      <Announcer progress={task} />
      <div ref={panel}>
        {state === null ? (
          <NowSkeleton />
        ) : task && !isFinal(task.status) ? (
          <CurrentTask key={task.task_id} progress={task} />
        ) : (
          task && <LastResult key={task.task_id} progress={task} />
        )}
      </div>
    </>
  );
}

function NowSkeleton() {
  const t = useTranslations("progress");
  const { attempt } = useLive();
  return (
    <section className="border-b border-line px-6 py-5 max-sm:p-4" aria-busy={attempt < 2}>
      <Skeleton className="h-6 w-64 max-w-full" />
      <Skeleton className="mt-2 h-4 w-80 max-w-full" />
      <div className="my-5 grid grid-cols-3 gap-5">
        <Skeleton className="h-16" />
        <Skeleton className="h-16" />
        <Skeleton className="h-16" />
      </div>
      <Skeleton className="h-2.5" />
      <p role="status" className="mt-3 text-ink-2">
        {attempt < 2 ? <span className="sr-only">{t("loading")}</span> : t("noAnswerYet")}
      </p>
      <Skeleton className="mt-4 h-40" />
    </section>
  );
}
