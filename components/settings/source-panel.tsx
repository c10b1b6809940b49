"use client";

import { useTranslations } from "use-intl";
import { useSource, useTestSource } from "@/components/data/source";
import { useDaySentences } from "@/components/day/sentences";
import { useLive } from "@/components/live/live";
import { LoadFailed } from "@/components/progress/load-failed";
import { clockOf } from "@/components/schedule/when";
import { useFormat } from "@/components/shell/format";
import { Section } from "@/components/ui/section";
import { Skeleton } from "@/components/ui/skeleton";
import type { SourceInfo } from "@/lib/contract/source";
import type { DayError } from "@/lib/contract/task";
import { Fact, Facts } from "./facts";
import { SourceSteps } from "./source-steps";
import { SourceTestForm } from "./source-test-form";

/** Where rows come from, how it answered last, and one day of it on demand. Nothing is probed by itself. */
export function SourcePanel() {
  const t = useTranslations("settings.source");
  const read = useSource();
  const source = read.data;
  const test = useTestSource();
  return (
    <Section title={t("title")} note={source?.sample ? t("sample") : null}>
      {read.isPending ? <Skeleton className="h-28" /> : null}
      {read.isError && !source ? <LoadFailed error={read.error} onRetry={() => void read.refetch()} /> : null}
      {source ? (
        <div className="grid gap-x-10 gap-y-5 lg:grid-cols-2">
          <SourceFacts source={source} told={test.data?.error ?? null} />
          <SourceTestForm source={source} test={test} />
          {source.sample ? <SourceSteps variables={source.variables} /> : null}
        </div>
      ) : null}
    </Section>
  );
}

/** `told`: the error that the result of the test tells already, beside what to do; it is not said twice. */
function SourceFacts({ source, told }: { source: SourceInfo; told: DayError | null }) {
  const t = useTranslations("settings.source");
  const format = useFormat();
  const sentences = useDaySentences();
  const { state } = useLive();
  const call = source.last_call;
  const error = call?.error ? sentences.error(call.error) : null;
  const isTold = told !== null && error === sentences.error(told);
  return (
    <Facts>
      <Fact term={t("name")}>{source.name}</Fact>
      <Fact term={t("published")}>
        {source.publish_hour === 0 ? t("allDay") : t("from", { time: clockOf(source.publish_hour) })}
      </Fact>
      {source.sample
        ? null
        : source.variables.map(({ name, set }) => (
            <Fact key={name} term={t("variable")}>
              {t.rich("setOrNot", { name, set: String(set), code: (text) => <code>{text}</code> })}
            </Fact>
          ))}
      <Fact term={t("lastCall")} note={isTold ? null : error}>
        {call
          ? t(call.ok ? "answered" : "failed", {
              time: format.moment(call.at, state?.today ?? null),
              took: format.milliseconds(call.ms),
            })
          : t("notAsked")}
      </Fact>
    </Facts>
  );
}
