"use client";

import dynamic from "next/dynamic";
import { type ReactNode, useCallback, useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { ApiError, ConnectionError, DatabaseAwayError } from "@/components/data/api";
import { readOperator, rememberOperator } from "@/components/data/operator";
import { type StartRequest, useConsoleInfo, useStartSync } from "@/components/data/queries";
import { useFormat } from "@/components/shell/format";
import { notify } from "@/components/ui/toast";
import type { BusyTask } from "@/lib/contract/task";
import { useProblemText } from "./problem-text";
import { StartContext, type StartOptions } from "./use-start";

const BusyDialog = dynamic(() => import("./busy-dialog").then((module) => module.BusyDialog), { ssr: false });
const OperatorDialog = dynamic(() => import("./operator-dialog").then((module) => module.OperatorDialog), { ssr: false });

/** What was asked for, kept while a dialog stands between the press and the start. */
interface Wish {
  request: StartRequest;
  options: StartOptions;
}

/** Holds the two dialogs of a start: who are you, and one is already running. */
export function StartProvider({ children }: { children: ReactNode }) {
  const t = useTranslations("start");
  const format = useFormat();
  const problemText = useProblemText();
  const namedOperator = useConsoleInfo().data?.operator ?? null;
  const { mutateAsync, isPending } = useStartSync();
  const [asking, setAsking] = useState<Wish | null>(null);
  const [busy, setBusy] = useState<(Wish & { task: BusyTask }) | null>(null);

  const send = useCallback(
    async (wish: Wish, operator: string | null) => {
      try {
        const started = await mutateAsync({ request: wish.request, operator });
        setBusy(null);
        if (!started) notify(t("noGaps"), t("noGapsText"));
        else notify(t("started"), t("startedText", { range: rangeOf(wish.request, format.days), count: started.total_days }));
      } catch (error) {
        if (error instanceof ApiError && error.currentTask) setBusy({ ...wish, task: error.currentTask });
        else if (!(error instanceof ApiError && wish.options.onRefused?.(error))) notify(t("failed"), explain(error));
      }

      function explain(error: unknown): string {
        if (error instanceof ApiError) return problemText(error);
        if (error instanceof DatabaseAwayError) return t("databaseAway");
        if (error instanceof ConnectionError) return t("connection");
        throw error;
      }
    },
    [mutateAsync, t, format, problemText],
  );

  const start = useCallback(
    async (request: StartRequest, options: StartOptions = {}) => {
      const wish = { request, options };
      const operator = namedOperator ?? readOperator();
      if (operator) await send(wish, operator);
      else setAsking(wish);
    },
    [namedOperator, send],
  );

  const value = useMemo(() => ({ start, isStarting: isPending }), [start, isPending]);
  return (
    <StartContext value={value}>
      {children}
      {asking ? (
        <OperatorDialog
          onClose={() => setAsking(null)}
          onName={(name) => {
            rememberOperator(name);
            setAsking(null);
            void send(asking, name);
          }}
        />
      ) : null}
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
        />
      ) : null}
    </StartContext>
  );
}

function rangeOf(request: StartRequest, days: ReturnType<typeof useFormat>["days"]): string {
  return "daysBack" in request ? String(request.daysBack) : days(request.start_date, request.end_date);
}
