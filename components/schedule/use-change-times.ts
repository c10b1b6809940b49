"use client";

import { useEffect, useState } from "react";
import { useTranslations } from "use-intl";
import { useChangeSchedule } from "@/components/data/schedules";
import { useExplain } from "@/components/sync/explain";
import { useOperator } from "@/components/sync/operator-provider";
import { notify } from "@/components/ui/toast";
import type { Schedule, ScheduleId } from "@/lib/contract/schedule";
import { type Drafts, unsavedOf } from "./drafts";

/** Times that are being changed: kept here until they are saved or dropped. The browser asks before they are lost. */
export function useChangeTimes(schedules: readonly Schedule[]) {
  const t = useTranslations("schedule");
  const asOperator = useOperator();
  const explain = useExplain();
  const { mutateAsync } = useChangeSchedule();
  const [drafts, setDrafts] = useState<Drafts>({});
  const [isSaving, setIsSaving] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const unsaved = unsavedOf(schedules, drafts);
  const isUnsaved = unsaved.length > 0;

  useEffect(() => {
    if (!isUnsaved) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [isUnsaved]);

  const send = async (operator: string) => {
    setIsSaving(true);
    setProblem(null);
    const results = await Promise.allSettled(
      unsaved.map(({ id, to }) => mutateAsync({ id, change: { time: to ?? "" }, operator })),
    );
    setIsSaving(false);
    const refused = results.find((result) => result.status === "rejected");
    // What was saved is no draft any more; the rest stays as it was typed.
    setDrafts((held) =>
      withoutSaved(
        held,
        unsaved.filter((_, index) => results[index]?.status === "fulfilled").map(({ id }) => id),
      ),
    );
    if (refused) setProblem(explain(refused.reason, "ask"));
    else
      notify(
        t("saved"),
        unsaved.map(({ id, to }) => t("savedTime", { name: t(`name.${id}`), time: to ?? "" })).join(t("semicolon")),
      );
  };

  return {
    unsaved,
    isSaving,
    problem: isUnsaved ? problem : null,
    textOf: (schedule: Schedule) => drafts[schedule.id] ?? schedule.time,
    change: (id: ScheduleId, text: string) => setDrafts((held) => ({ ...held, [id]: text })),
    discard: () => {
      setDrafts({});
      setProblem(null);
    },
    save: () => {
      if (!isSaving && isUnsaved && unsaved.every(({ to }) => to !== null)) void asOperator("life", send);
    },
  };
}

function withoutSaved(drafts: Drafts, saved: readonly ScheduleId[]): Drafts {
  return Object.fromEntries(Object.entries(drafts).filter(([id]) => !saved.some((each) => each === id)));
}
