"use client";

import { useTranslations } from "use-intl";
import { useLive } from "@/components/live/live";
import { whoOf } from "@/components/progress/state-note";
import { useFormat } from "@/components/shell/format";
import { Section } from "@/components/ui/section";
import type { TaskSummary } from "@/lib/contract/task";

/** Who did what to the task and when, oldest first. */
export function ActivitySection({ task }: { task: TaskSummary }) {
  const t = useTranslations("activity");
  const reasons = useTranslations("pauseReason");
  const format = useFormat();
  const { state } = useLive();
  if (task.activity.length === 0) return null;
  return (
    <Section title={t("title")} note={format.number(task.activity.length)}>
      <ol className="grid gap-1.5">
        {task.activity.map(({ action, by, at, reason }) => (
          <li key={`${at} ${action}`} className="grid grid-cols-[92px_minmax(0,1fr)]">
            <time dateTime={at} className="whitespace-nowrap text-ink-3">
              {format.moment(at, state?.today ?? null)}
            </time>
            <span>
              {reason && action === "paused"
                ? t("did.pausedBySystem", { why: reasons(reason) })
                : reason && action === "resumed"
                  ? t("did.resumedBySystem")
                  : t.rich(`did.${action}`, { ...whoOf(by), b: (words) => <b className="font-semibold">{words}</b> })}
            </span>
          </li>
        ))}
      </ol>
    </Section>
  );
}
