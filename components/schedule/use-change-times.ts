"use client";

import { useEffect, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import { useChangeSchedule } from "@/components/data/schedules";
import { useExplain } from "@/components/sync/explain";
import { useOperator } from "@/components/sync/operator-provider";
import { notify } from "@/components/ui/toast";
import type { Schedule, ScheduleId } from "@/lib/contract/schedule";
import { type Drafts, unsavedOf } from "./drafts";
import { changeDrafts, useDrafts } from "./drafts-store";

/** Times that are being changed: kept until they are saved or dropped, also while another page is looked at. */
export function useChangeTimes(schedules: readonly Schedule[]) {
  const t = useTranslations("schedule");
  const asOperator = useOperator();
  const explain = useExplain();
  const { mutateAsync } = useChangeSchedule();
  const drafts = useDrafts();
  const [isSaving, setIsSaving] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const unsaved = unsavedOf(schedules, drafts);
  const isUnsaved = unsaved.length > 0;

  // What is saved already, by this page or by somebody else, is no draft.
  useEffect(() => {
    const saved = schedules.filter(({ id, time }) => drafts[id] === time).map(({ id }) => id);
    if (saved.length > 0) changeDrafts((held) => withoutSaved(held, saved));
  }, [schedules, drafts]);

  const words = unsaved.map(({ id, from, to }) => t("unsavedTime", { name: t(`name.${id}`), from, to: to ?? "–" }));
  const leftBehind = useRef("");
  useEffect(() => {
    leftBehind.current = words.join(t("semicolon"));
  });
  useEffect(
    () => () => {
      if (leftBehind.current) notify(t("kept"), t("keptText", { changes: leftBehind.current }));
    },
    [t],
  );

  const send = async (operator: string) => {
    setIsSaving(true);
    setProblem(null);
    const results = await Promise.allSettled(
      unsaved.map(({ id, to }) => mutateAsync({ id, change: { time: to ?? "" }, operator })),
    );
    setIsSaving(false);
    const refused = results.find((result) => result.status === "rejected");
    // What was saved is no draft any more; the rest stays as it was typed.
    changeDrafts((held) =>
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
    words,
    isSaving,
    problem: isUnsaved ? problem : null,
    textOf: (schedule: Schedule) => drafts[schedule.id] ?? schedule.time,
    change: (id: ScheduleId, text: string) => changeDrafts((held) => ({ ...held, [id]: text })),
    discard: () => {
      changeDrafts(() => ({}));
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
