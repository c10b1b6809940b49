"use client";

import clsx from "clsx";
import { useTranslations } from "use-intl";
import { usePaused } from "@/components/live/use-paused";
import { useLive } from "@/components/live/live";
import { useFormat } from "@/components/shell/format";
import { TextLink } from "@/components/ui/link";
import { Section } from "@/components/ui/section";
import { Skeleton } from "@/components/ui/skeleton";
import { PausedLine, QueueLine } from "./queue-line";

/** What waits, in the order in which it will run, and what is paused: live for everybody. */
export function QueueSection() {
  const t = useTranslations("queue");
  const format = useFormat();
  const { state, connection } = useLive();
  const paused = usePaused();
  if (!state) {
    return (
      <Section pane="side" title={t("title")}>
        <Skeleton className="h-4" />
      </Section>
    );
  }
  const { tasks, count } = state.queue;
  // It then stands at the head of the console with the same buttons.
  const headId = state.current === null ? paused[0]?.task_id : undefined;
  return (
    <Section pane="side" title={t("title")} note={format.number(count)} tight={count === 0 && paused.length === 0}>
      <div className={clsx("transition-opacity", connection === "reconnecting" && "stale")}>
        {count === 0 ? (
          <p className="text-ink-3">{t("none")}</p>
        ) : (
          <ol className="grid gap-2.5">
            {tasks.map((task, index) => (
              <QueueLine key={task.task_id} task={task} place={index + 1} />
            ))}
          </ol>
        )}
        <More status="queued" count={count - tasks.length} />
        {paused.length > 0 ? (
          <>
            <h3 className="mt-4 mb-2 text-ink-2 [font:var(--t-12)]">{t("paused")}</h3>
            <ul className="grid gap-2.5">
              {paused.map((task) => (
                <PausedLine key={task.task_id} task={task} isHead={task.task_id === headId} />
              ))}
            </ul>
            <More status="paused" count={state.paused.count - paused.length} />
          </>
        ) : null}
      </div>
    </Section>
  );
}

/** Tasks that did not travel with the state; nothing where all did. */
function More({ status, count }: { status: "queued" | "paused"; count: number }) {
  const t = useTranslations("queue");
  if (count === 0) return null;
  return (
    <p className="mt-2.5">
      <TextLink href={`/history?status=${status}`} className="text-ink-2">
        {t("more", { count })}
      </TextLink>
    </p>
  );
}
