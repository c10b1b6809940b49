"use client";

import { Play } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslations } from "use-intl";
import type { ApiError } from "@/components/data/api";
import { useConsoleInfo, usePreview } from "@/components/data/queries";
import { useLive } from "@/components/live/live";
import { Button } from "@/components/ui/button";
import { Kbd } from "@/components/ui/kbd";
import { VerifyStart } from "@/components/history/verify-start";
import { Section } from "@/components/ui/section";
import type { BatchRequest } from "@/lib/contract/plan";
import { useFormState } from "./form-state";
import { focusRange } from "./focus-range";
import { isAboutRange, useRangeProblem } from "./form-problem";
import { OnlyGaps } from "./only-gaps";
import { PlanPreview } from "./plan-preview";
import { PresetChips, usePresetRanges } from "./preset-chips";
import { RangeField } from "./range-field";
import type { DayRange } from "./range-text";
import { useSettled } from "./use-settled";
import { useStart } from "./use-start";

/** How long a range must stand still before its plan is asked for. */
const SETTLE_MS = 250;

/** New sync: a range, what would happen, and the one button. The address holds what was chosen. */
export function StartForm({ isFirstRun }: { isFirstRun: boolean }) {
  const t = useTranslations("start");
  const live = useLive();
  const info = useConsoleInfo().data;
  const today = live.state?.today ?? info?.today ?? null;
  const [form, setForm] = useFormState();
  const presets = usePresetRanges(today);
  // Until something is chosen the last 20 trading days stand there; the address stays clean.
  const range = form.from && form.to ? { from: form.from, to: form.to } : (presets?.last20 ?? null);
  const [refusal, setRefusal] = useState<{ of: string; error: ApiError } | null>(null);
  const { start, isStarting } = useStart();

  // `n` on another page comes here by the address; the field did not exist before.
  useEffect(() => {
    if (window.location.hash === "#new") focusRange();
  }, []);

  const request = requestOf(range, form.force);
  const requestKey = JSON.stringify(request);
  const settledKey = useSettled(requestKey, SETTLE_MS);
  const localProblem = useRangeProblem(range, today, null);
  const preview = usePreview(localProblem || requestKey !== settledKey ? null : request);
  const problem = useRangeProblem(range, today, refusal?.of === requestKey ? refusal.error : preview.error);

  const plan = preview.data ?? null;
  const isOfThisRange =
    plan !== null && plan.start_date === range?.from && plan.end_date === range.to && !preview.isPlaceholderData;
  const isCut = live.connection === "reconnecting";
  const isAway = live.connection === "live" && live.state?.database.ok === false;
  const emptyWords = () => {
    if (isAway) return t("planAway");
    if (isCut) return t("planCut");
    if (range === null && presets !== null) return t("choose");
    return preview.error && !problem ? t("planFailed") : problem ? t("choose") : null;
  };
  const choose = (next: DayRange) => void setForm({ from: next.from, to: next.to });
  const submit = () => {
    if (!request) return;
    void start(request, {
      ...(plan && isOfThisRange ? { plan: { fetch_days: plan.fetch_days, seconds: plan.seconds } } : {}),
      onRefused: (error) => {
        if (!isAboutRange(error)) return false;
        setRefusal({ of: requestKey, error });
        return true;
      },
    });
  };

  return (
    <Section
      pane="side"
      id="new"
      title={t("title")}
      end={
        <span className="text-ink-3 max-sm:hidden">
          <Kbd>n</Kbd>
        </span>
      }
    >
      <RangeField range={range} today={today} error={problem} onChange={choose} />
      <PresetChips range={range} today={today} onChoose={choose} />
      <PlanPreview plan={localProblem ? null : plan} isStale={!isOfThisRange} empty={emptyWords()} />
      <OnlyGaps plan={localProblem ? null : plan} force={form.force} onForce={(force) => void setForm({ force })} />
      <Button
        look={isFirstRun ? "secondary" : "primary"}
        className="mt-4 w-full max-xl:w-auto max-xl:min-w-[200px] max-sm:w-full"
        icon={<Play size={16} strokeWidth={1.75} aria-hidden />}
        busy={isStarting}
        isDisabled={request === null || localProblem !== null || isCut || isAway}
        onPress={submit}
      >
        {t("button")}
      </Button>
      <div className="mt-1 -ml-2.5 max-xl:inline-block max-xl:ml-2 max-sm:-ml-2.5">
        <VerifyStart range={range} isDisabled={localProblem !== null || isCut || isAway} />
      </div>
      <p className="mt-2 text-ink-3 [font:var(--t-12)] empty:hidden">
        {isCut ? t("cutHint") : isAway ? t("awayHint") : live.state?.current ? t("busyHint") : null}
      </p>
    </Section>
  );
}

function requestOf(range: DayRange | null, force: boolean): BatchRequest | null {
  return range ? { start_date: range.from, end_date: range.to, ...(force ? { force } : {}) } : null;
}
