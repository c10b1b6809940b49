"use client";

import { useEffect, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import { useFormat } from "@/components/shell/format";
import type { Progress } from "@/lib/contract/task";
import { isFinal } from "@/lib/contract/task-rules";
import { nextSaid, type Said } from "./announce";

/** The polite voice beside the bar. Bars and figures are no live regions: they change too often to be read out. */
export function Announcer({ progress }: { progress: Progress | null }) {
  const t = useTranslations("progress");
  const format = useFormat();
  const said = useRef<Said | null>(null);
  const [text, setText] = useState("");

  useEffect(() => {
    if (!progress) return;
    const next = nextSaid(said.current, progress, Date.now());
    if (!next) return;
    const first = said.current?.taskId !== next.taskId;
    said.current = next;
    if (first) return;
    const values = {
      type: progress.task_type,
      percent: format.percent(progress.progress_percent),
      current: progress.current,
      total: progress.total,
      success: progress.success,
      failed: progress.failed,
      skipped: progress.skipped,
    };
    setText(isFinal(progress.status) ? t("saidEnd", values) : t("said", values));
  }, [progress, t, format]);

  return (
    <span className="sr-only" role="status">
      {text}
    </span>
  );
}
