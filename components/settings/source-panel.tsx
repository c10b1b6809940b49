"use client";

import { useTranslations } from "use-intl";
import { useLive } from "@/components/live/live";
import { useFormat } from "@/components/shell/format";
import { clockOf } from "@/components/schedule/when";
import { Section } from "@/components/ui/section";
import type { Settings } from "@/lib/contract/settings";
import { Fact, Facts } from "./facts";

/** Where rows come from, from which hour on, and how it answered last. Nothing is probed for it. */
export function SourcePanel({ source }: { source: Settings["source"] }) {
  const t = useTranslations("settings.source");
  const format = useFormat();
  const { state } = useLive();
  const call = source.last_call;
  return (
    <Section pane="side" title={t("title")}>
      <Facts>
        <Fact term={t("name")} note={source.sample ? t("sample") : null}>
          {source.name}
        </Fact>
        <Fact term={t("published")}>
          {source.publish_hour === 0 ? t("allDay") : t("from", { time: clockOf(source.publish_hour) })}
        </Fact>
        <Fact term={t("lastCall")} note={call && !call.ok ? t("failedNote") : null}>
          {call
            ? t(call.ok ? "answered" : "failed", {
                time: format.moment(call.at, state?.today ?? null),
                took: format.milliseconds(call.ms),
              })
            : t("notAsked")}
        </Fact>
      </Facts>
    </Section>
  );
}
