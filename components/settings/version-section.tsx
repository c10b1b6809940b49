"use client";

import { useTranslations } from "use-intl";
import { Section } from "@/components/ui/section";
import type { Settings } from "@/lib/contract/settings";
import { Fact, Facts } from "./facts";

/** What runs here: this program, its Node, the calendar it goes by. */
export function VersionSection({ settings }: { settings: Settings }) {
  const t = useTranslations("settings.version");
  const { calendar } = settings;
  return (
    <Section pane="side" title={t("title")}>
      <Facts>
        <Fact term="Dayfill">{settings.version}</Fact>
        <Fact term="Node.js">{settings.node}</Fact>
        <Fact term={t("calendar")} note={t("calendarNote", { zone: calendar.zone, day: calendar.known_until })}>
          {calendar.id}
        </Fact>
      </Facts>
    </Section>
  );
}
