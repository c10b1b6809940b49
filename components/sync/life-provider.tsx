"use client";

import dynamic from "next/dynamic";
import { type ReactNode, useCallback, useMemo, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import { type Ask, useAskOfTask } from "@/components/data/life";
import { useFormat } from "@/components/shell/format";
import { notify } from "@/components/ui/toast";
import type { Progress } from "@/lib/contract/task";
import type { TaskCommand } from "@/lib/contract/task-rules";
import { type Echo, withEcho } from "./echo";
import { useExplain } from "./explain";
import { useOperator } from "./operator-provider";
import { type Life, LifeContext } from "./use-life";

const CancelDialog = dynamic(() => import("./cancel-dialog").then((module) => module.CancelDialog), { ssr: false });

/** How long the echo may stand after the reply; the pushed state is there long before. */
const ECHO_MS = 3_000;

/** Carries commands to the server, shows them at once, and asks again before a cancel. */
export function LifeProvider({ children }: { children: ReactNode }) {
  const t = useTranslations("life");
  const format = useFormat();
  const explain = useExplain();
  const asOperator = useOperator();
  const { mutateAsync } = useAskOfTask();
  const [echoes, setEchoes] = useState<Record<string, Echo>>({});
  const [cancelling, setCancelling] = useState<Progress | null>(null);
  const timers = useRef(new Map<string, ReturnType<typeof setTimeout>>());

  const echo = useCallback((taskId: string, heard: Echo | null) => {
    clearTimeout(timers.current.get(taskId));
    setEchoes(({ [taskId]: _, ...rest }) => (heard ? { ...rest, [taskId]: heard } : rest));
  }, []);

  const send = useCallback(
    (task: Progress, ask: Ask) =>
      asOperator("life", async (operator) => {
        const command: TaskCommand | null = ask.what === "priority" ? null : ask.what === "remove" ? "cancel" : ask.what;
        if (command) echo(task.task_id, { command, from: task.status });
        try {
          const now = await mutateAsync({ taskId: task.task_id, ask, operator });
          timers.current.set(
            task.task_id,
            setTimeout(() => echo(task.task_id, null), ECHO_MS),
          );
          if (ask.what === "resume" && now.status === "queued") notify(t("resumed"), t("resumedText"));
          if (ask.what === "remove") notify(t("removed"), format.days(task.start_date, task.end_date));
        } catch (error) {
          echo(task.task_id, null);
          notify(t("refused"), explain(error, "ask"));
        }
      }),
    [asOperator, mutateAsync, echo, explain, format, t],
  );

  const life = useMemo<Life>(
    () => ({
      pause: (task) => void send(task, { what: "pause" }),
      resume: (task) => void send(task, { what: "resume" }),
      cancel: setCancelling,
      setPriority: (task, priority) => void send(task, { what: "priority", priority }),
      shown: (task) => withEcho(task, echoes[task.task_id]),
    }),
    [send, echoes],
  );
  return (
    <LifeContext value={life}>
      {children}
      {cancelling ? (
        <CancelDialog
          task={cancelling}
          onClose={() => setCancelling(null)}
          onCancel={(task) => {
            setCancelling(null);
            void send(task, { what: task.status === "queued" ? "remove" : "cancel" });
          }}
        />
      ) : null}
    </LifeContext>
  );
}
