"use client";

import { FlaskConical } from "lucide-react";
import { type SubmitEvent, useId, useState } from "react";
import { useTranslations } from "use-intl";
import type { useTestSource } from "@/components/data/source";
import { useLive } from "@/components/live/live";
import { useExplain } from "@/components/sync/explain";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { inputStyle } from "@/components/ui/input-style";
import { isDay } from "@/lib/contract/day";
import type { SourceInfo } from "@/lib/contract/source";
import { isFinal } from "@/lib/contract/task-rules";
import { SourceTestResult } from "./source-test-result";

/** One day of the source on demand; nothing is stored. While a sync runs its line is taken, and the button says so. */
export function SourceTestForm({ source, test }: { source: SourceInfo; test: ReturnType<typeof useTestSource> }) {
  const t = useTranslations("settings.source.test");
  const explain = useExplain();
  const { state } = useLive();
  /** As it was typed; null = the last day that is due. */
  const [typed, setTyped] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [dayId, hintId, errorId] = [useId(), useId(), useId()];
  const day = (typed ?? source.last_due_day).trim();
  const isBusy = state !== null && state.current !== null && !isFinal(state.current.status);

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (isBusy || test.isPending) return;
    if (!isDay(day)) return setProblem(t("noDay"));
    if (state && day > state.today) return setProblem(t("future", { today: state.today }));
    test.mutate(day);
  };

  return (
    <>
      <form onSubmit={submit} noValidate className="grid content-start gap-2">
        <Field label={t("day")} htmlFor={dayId} error={problem} errorId={errorId}>
          <div className="flex gap-2">
            <input
              id={dayId}
              type="text"
              inputMode="numeric"
              autoComplete="off"
              spellCheck={false}
              placeholder="YYYY-MM-DD"
              maxLength={10}
              value={typed ?? source.last_due_day}
              aria-invalid={problem !== null}
              aria-describedby={`${hintId} ${errorId}`}
              onChange={(event) => {
                setTyped(event.target.value);
                setProblem(null);
              }}
              className={`${inputStyle} w-36 tracking-[.01em]`}
            />
            <Button
              type="submit"
              className="h-9! max-sm:h-10!"
              icon={<FlaskConical aria-hidden size={16} strokeWidth={1.75} />}
              busy={test.isPending}
              isDisabled={isBusy}
              aria-describedby={hintId}
            >
              {t("button")}
            </Button>
          </div>
        </Field>
        <p id={hintId} className="text-ink-2 [font:var(--t-12)]">
          {isBusy ? t("busy") : t("hint")}
        </p>
      </form>
      <div role="status" className="min-w-0 empty:hidden lg:col-span-2">
        {test.isPending ? <p className="text-ink-2">{t("asking", { source: source.name, day: test.variables })}</p> : null}
        {test.isError ? <p>{explain(test.error, "ask")}</p> : null}
        {test.isSuccess ? <SourceTestResult test={test.data} /> : null}
      </div>
    </>
  );
}
