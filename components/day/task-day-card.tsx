"use client";

import { useTranslations } from "use-intl";
import { useFormat } from "@/components/shell/format";
import type { TaskDay } from "@/lib/contract/task";
import { DayCard } from "./card";
import type { DayLook } from "./look";
import { useDaySentences } from "./sentences";

/** The card of a day of a task: outcome, cause, rows, rejected rows, duration, attempts, source. */
export function TaskDayCard({ day, look }: { day: TaskDay; look: DayLook }) {
  const t = useTranslations("day");
  const format = useFormat();
  const { reason, remarks } = useDaySentences();
  const lines = remarks(day);
  if (lines.length === 0 && day.reason && look !== "kept") lines.push(reason(day.reason));
  const facts = [
    { term: t("rows"), value: day.rows === null ? null : format.number(day.rows) },
    { term: t("rejected"), value: day.rejected > 0 ? format.number(day.rejected) : null },
    { term: t("duration"), value: day.duration_ms === null ? null : format.milliseconds(day.duration_ms) },
    { term: t("attempts"), value: day.attempts > 0 ? String(day.attempts) : null },
    { term: t("source"), value: day.source },
  ].filter((fact) => fact.value !== null);
  return <DayCard date={day.date} look={look} lines={lines} facts={facts} />;
}
