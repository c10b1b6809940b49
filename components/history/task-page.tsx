"use client";

import { ChevronLeft } from "lucide-react";
import { useTranslations } from "use-intl";
import { ApiError } from "@/components/data/api";
import { useTask } from "@/components/data/task";
import { LoadFailed } from "@/components/progress/load-failed";
import { ButtonLink, TextLink } from "@/components/ui/link";
import { Skeleton } from "@/components/ui/skeleton";
import { ActivitySection } from "./activity-section";
import { CompareSection } from "./compare-section";
import { DaysSection } from "./days-section";
import { ErrorsSection } from "./errors-section";
import { TaskOverview } from "./task-overview";
import { VerifySection } from "./verify-section";

/** One task: head, bar, prediction against result, errors by cause, every day. Live while it runs. */
export function TaskPage({ id }: { id: string }) {
  const t = useTranslations("task");
  const read = useTask(id);
  const task = read.data;
  if (!task && read.error instanceof ApiError && read.error.status === 404) return <NoSuchTask />;
  return (
    <main id="main" tabIndex={-1} className="flex-1 outline-none 3xl:max-w-[1464px]">
      <div className="px-6 pt-4 max-sm:px-4">
        <TextLink
          href="/history"
          className="inline-flex min-h-6 items-center gap-1 text-ink-2 decoration-transparent hover:text-ink"
        >
          <ChevronLeft aria-hidden size={14} />
          {t("back")}
        </TextLink>
      </div>
      {!task ? (
        <div className="px-6 py-5 max-sm:px-4">
          {read.error ? <LoadFailed error={read.error} onRetry={() => void read.refetch()} /> : <TaskSkeleton />}
        </div>
      ) : (
        <>
          <TaskOverview task={task} />
          <VerifySection task={task} />
          <div className="grid border-b border-line lg:grid-cols-[minmax(0,5fr)_minmax(0,6fr)] max-lg:*:not-first:border-t lg:*:not-first:border-l *:border-line">
            <CompareSection task={task} />
            <ErrorsSection task={task} />
          </div>
          <ActivitySection task={task} />
          <DaysSection task={task} />
        </>
      )}
    </main>
  );
}

function TaskSkeleton() {
  return (
    <div aria-busy>
      <Skeleton className="h-6 w-64 max-w-full" />
      <Skeleton className="mt-2 h-4 w-96 max-w-full" />
      <Skeleton className="mt-5 h-2.5" />
      <Skeleton className="mt-3 h-4 w-80 max-w-full" />
      <div className="mt-10 grid gap-6 lg:grid-cols-2">
        <Skeleton className="h-40" />
        <Skeleton className="h-40" />
      </div>
    </div>
  );
}

function NoSuchTask() {
  const t = useTranslations("task.missing");
  return (
    <main id="main" tabIndex={-1} className="flex-1 px-6 py-10 outline-none max-sm:px-4">
      <h2 className="[font:var(--t-18)]">{t("title")}</h2>
      <p className="mt-1 mb-4 max-w-[62ch] text-ink-2">{t("text")}</p>
      <ButtonLink href="/history">{t("back")}</ButtonLink>
    </main>
  );
}
