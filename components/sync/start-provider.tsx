"use client";

import dynamic from "next/dynamic";
import { type ReactNode, useCallback, useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { ApiError } from "@/components/data/api";
import { newKey } from "@/components/data/new-key";
import { type StartRequest, useStartSync } from "@/components/data/queries";
import { useFormat } from "@/components/shell/format";
import { notify } from "@/components/ui/toast";
import { SCHEDULE_TASK } from "@/lib/contract/schedule";
import type { BusyTask, TaskType } from "@/lib/contract/task";
import { useExplain } from "./explain";
import { useOperator } from "./operator-provider";
import { useTellQueued } from "./tell-queued";
import { StartContext, type StartOptions } from "./use-start";

const BusyDialog = dynamic(() => import("./busy-dialog").then((module) => module.BusyDialog), { ssr: false });

/** Priority of *Queue mine next*: the front, behind others who said the same before. */
const NEXT_PRIORITY = 9;

/** What was asked for, kept while a dialog stands between the press and the start. */
interface Wish {
  request: StartRequest;
  options: StartOptions;
}

/** Starts syncs, and holds the dialog that says that one is already running. */
export function StartProvider({ children }: { children: ReactNode }) {
  const t = useTranslations("start");
  const types = useTranslations("taskType");
  const schedule = useTranslations("schedule");
  const format = useFormat();
  const explain = useExplain();
  const asOperator = useOperator();
  const tellQueued = useTellQueued();
  const { mutateAsync, isPending } = useStartSync();
  const [busy, setBusy] = useState<(Wish & { task: BusyTask }) | null>(null);

  const start = useCallback(
    async (request: StartRequest, options: StartOptions = {}) => {
      const key = newKey();
      const type: TaskType = "verify" in request ? "verify" : "web_batch";
      const queues = request.if_busy === "queue";
      await asOperator("start", async (operator) => {
        try {
          const started = await mutateAsync({ request, operator, key });
          setBusy(null);
          if (!started) notify(...nothingToDo(request));
          else if (queues) await tellQueued(started.task_id);
          else
            notify(
              t("started", { type }),
              t("startedText", { range: rangeOf(request, format.days, types), count: started.total_days }),
            );
        } catch (error) {
          if (error instanceof ApiError && error.currentTask) setBusy({ request, options, task: error.currentTask });
          else if (!(error instanceof ApiError && options.onRefused?.(error)))
            notify(t("failed", { type }), explain(error, "start"));
        }
      });

      function nothingToDo(asked: StartRequest): [string, string] {
        const isDaily = "scheduleId" in asked && asked.scheduleId === "daily";
        return isDaily ? [schedule("nothingToday"), schedule("nothingTodayText")] : [t("noGaps"), t("noGapsText")];
      }
    },
    [asOperator, mutateAsync, tellQueued, explain, format, schedule, t, types],
  );

  const value = useMemo(() => ({ start, isStarting: isPending }), [start, isPending]);
  return (
    <StartContext value={value}>
      {children}
      {busy ? (
        <BusyDialog
          // A second refusal may name another task: the dialog then begins anew.
          key={busy.task.task_id}
          task={busy.task}
          request={busy.request}
          plan={busy.options.plan ?? null}
          isStarting={isPending}
          onClose={() => setBusy(null)}
          onStart={() => void start(busy.request, busy.options)}
          onQueue={() => void start({ ...busy.request, if_busy: "queue", priority: NEXT_PRIORITY }, busy.options)}
        />
      ) : null}
    </StartContext>
  );
}

function rangeOf(request: StartRequest, days: ReturnType<typeof useFormat>["days"], types: (type: TaskType) => string): string {
  if ("scheduleId" in request) return types(SCHEDULE_TASK[request.scheduleId]);
  return "daysBack" in request ? String(request.daysBack) : days(request.start_date, request.end_date);
}
