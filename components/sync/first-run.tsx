"use client";

import { ArrowRight, Check, Play, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { usePreview } from "@/components/data/queries";
import { useLive } from "@/components/live/live";
import { useFormat } from "@/components/shell/format";
import { Button } from "@/components/ui/button";
import { Sentence } from "@/components/ui/sentence";
import { TextLink } from "@/components/ui/link";
import type { ConsoleInfo } from "@/lib/contract/console";
import { focusRange } from "./focus-range";
import { usePresetRanges } from "./preset-chips";
import { useStart } from "./use-start";

const code = (words: ReactNode) => <code>{words}</code>;

/** The console while the table is empty: two things were checked, the third is the operator's. */
export function FirstRun({ info }: { info: ConsoleInfo }) {
  const t = useTranslations("start.first");
  const format = useFormat();
  const { state } = useLive();
  const how = info.database.embedded ? "embedded" : info.database.pooler;
  const call = info.source.last_call;
  const isAnswering = state?.database.ok !== false;
  return (
    <section aria-labelledby="first-run" className="border-b border-line px-6 py-5 max-sm:p-4">
      <h2 id="first-run" className="tracking-[-.01em] [font:var(--t-18)]">
        {t("title")}
      </h2>
      <p className="mt-1 max-w-[62ch] text-ink-2">{t.rich("text", { code })}</p>
      <ol className="mt-6 max-w-[680px] border-t border-line">
        <Step
          sign={isAnswering ? DONE : WARN}
          title={t("database")}
          text={t("databaseText", { version: info.database.version, how })}
          end={state?.database.ok ? format.milliseconds(state.database.ms) : null}
        />
        <Step
          sign={call?.ok === false ? WARN : DONE}
          title={t("source")}
          text={
            info.source.sample
              ? t("sourceSample")
              : t.rich("sourceReal", {
                  name: info.source.name,
                  call: call === null ? "none" : call.ok ? "answered" : "failed",
                  link: (words) => <TextLink href="/settings">{words}</TextLink>,
                })
          }
          end={call?.ok ? format.milliseconds(call.ms) : null}
        />
        <SyncStep info={info} />
      </ol>
    </section>
  );
}

const DONE = <Check size={16} strokeWidth={1.75} className="text-st-complete" />;
const WARN = <TriangleAlert size={16} strokeWidth={1.75} className="text-st-suspect" />;

function SyncStep({ info }: { info: ConsoleInfo }) {
  const t = useTranslations("start.first");
  const format = useFormat();
  const range = usePresetRanges(info.today)?.last20 ?? null;
  const request = range ? { start_date: range.from, end_date: range.to } : null;
  const plan = usePreview(request).data;
  const { start, isStarting } = useStart();
  const count = plan?.fetch_days ?? 20;
  const shown = range ? format.days(range.from, range.to) : "…";
  const text = plan?.seconds
    ? t("syncTime", { range: shown, time: format.rangeText(plan.seconds) })
    : t("syncText", { range: shown });
  return (
    <Step sign={<ArrowRight size={16} strokeWidth={1.75} />} title={t("sync", { count })} text={<Sentence>{text}</Sentence>}>
      <div className="mt-3 flex flex-wrap gap-2">
        <Button
          look="primary"
          icon={<Play size={16} strokeWidth={1.75} aria-hidden />}
          busy={isStarting}
          isDisabled={request === null}
          onPress={() => {
            if (request) void start(request, plan ? { plan: { fetch_days: plan.fetch_days, seconds: plan.seconds } } : {});
          }}
        >
          {t("button", { count })}
        </Button>
        <Button look="quiet" onPress={() => focusRange()}>
          {t("other")}
        </Button>
      </div>
    </Step>
  );
}

interface StepProps {
  sign: ReactNode;
  title: string;
  text: ReactNode;
  end?: string | null;
  children?: ReactNode;
}

function Step({ sign, title, text, end = null, children }: StepProps) {
  return (
    <li className="grid grid-cols-[16px_minmax(0,1fr)_auto] gap-3 border-b border-line py-3.5">
      <span aria-hidden className="mt-0.5">
        {sign}
      </span>
      <div>
        <b>{title}</b>
        <p className="text-ink-2">{text}</p>
        {children}
      </div>
      <span className="whitespace-nowrap text-ink-2">{end}</span>
    </li>
  );
}
