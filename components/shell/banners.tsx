"use client";

import { Activity, Database, FlaskConical } from "lucide-react";
import { useTranslations } from "use-intl";
import { useConsoleInfo } from "@/components/data/queries";
import { useLive } from "@/components/live/live";
import { Banner } from "@/components/ui/banner";
import { Button } from "@/components/ui/button";
import { useFormat } from "./format";

const ICON = { size: 16, strokeWidth: 1.75 } as const;

/** What holds for the whole page: cut off, database away, invented prices. */
export function Banners() {
  return (
    <>
      <LostBanner />
      <AwayBanner />
      <SampleLine />
    </>
  );
}

function LostBanner() {
  const t = useTranslations("live.lost");
  const ui = useTranslations("ui");
  const format = useFormat();
  const { state, connection, attempt, retryNow } = useLive();
  if (connection === "live" || (connection === "connecting" && attempt === 0)) return null;
  return (
    <Banner
      tone="warn"
      icon={<Activity {...ICON} />}
      title={t("title", { count: attempt })}
      action={
        <Button size="sm" onPress={retryNow}>
          {ui("tryNow")}
        </Button>
      }
    >
      {state ? t("shown", { time: format.time(state.server_time) }) : t("nothing")}
    </Banner>
  );
}

function AwayBanner() {
  const t = useTranslations("live.away");
  const format = useFormat();
  const { state, connection } = useLive();
  if (connection !== "live" || !state || state.database.ok) return null;
  return (
    <Banner tone="bad" icon={<Database {...ICON} />} title={t("title", { time: format.time(state.database.since) })}>
      {t("text")}
    </Banner>
  );
}

function SampleLine() {
  const t = useTranslations("shell.sample");
  const info = useConsoleInfo().data;
  if (!info?.source.sample) return null;
  return (
    <Banner icon={<FlaskConical {...ICON} />} title={t("title")}>
      <span className="text-ink-2">{t.rich("text", { code: (name) => <code>{name}</code> })}</span>
    </Banner>
  );
}
