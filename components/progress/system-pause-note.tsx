"use client";

import { CirclePause } from "lucide-react";
import { useTranslations } from "use-intl";
import { useLive } from "@/components/live/live";
import { useServerNow } from "@/components/live/server-now";
import { useFormat } from "@/components/shell/format";
import { Gap } from "@/components/shell/gap";
import { Sentence } from "@/components/ui/sentence";
import type { Progress, SystemPauseReason, TaskType } from "@/lib/contract/task";

interface Props {
  pause: NonNullable<Progress["pause"]>;
  reason: SystemPauseReason;
  type: TaskType;
  /** Days that are stored, or compared. */
  stay: number;
}

/** Why the server paused the task, until when, what the source said, and what a person can do about it. */
export function SystemPauseNote({ pause, reason, type, stay }: Props) {
  const t = useTranslations("life.systemPause");
  const reasons = useTranslations("pauseReason");
  const format = useFormat();
  const { state } = useLive();
  const now = useServerNow();
  const at = pause.resume_at;
  const isOver = at === null || (now !== null && Date.parse(at) <= now);
  return (
    <div
      role="status"
      className="mt-4 flex max-w-[76ch] gap-2.5 rounded-(--r-control) border border-line-2 bg-bg-sunken px-3.5 py-3 [overflow-wrap:anywhere]"
    >
      <CirclePause aria-hidden size={16} strokeWidth={1.75} className="mt-0.5 shrink-0 text-st-suspect" />
      <div className="grid gap-1">
        <p>
          <b className="font-semibold">{t("title", { why: reasons(reason) })}</b>
          <Gap />
          <Sentence>{isOver ? t("over") : t("until", { time: format.moment(at, state?.today ?? null) })}</Sentence>
        </p>
        {pause.detail && <p className="text-ink-2">{t("said", { detail: pause.detail })}</p>}
        <p className="text-ink-2">
          {t(`help.${reason}`)}
          <Gap />
          <span className="inline-block">{t("stay", { type, count: stay })}</span>
        </p>
      </div>
    </div>
  );
}
