"use client";

import { Activity, Database, FlaskConical, History } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { useConsoleInfo } from "@/components/data/queries";
import { useLive } from "@/components/live/live";
import { Banner } from "@/components/ui/banner";
import { Button } from "@/components/ui/button";
import { ButtonLink, TextLink } from "@/components/ui/link";
import { addDays, type Day } from "@/lib/contract/day";
import { MAX_RANGE_DAYS } from "@/lib/contract/problem";
import { useFormat } from "./format";

const ICON = { size: 16, strokeWidth: 1.75 } as const;

/** What holds for the whole page: cut off, database away, invented prices, days from before. */
export function Banners() {
  return (
    <>
      <LostBanner />
      <AwayBanner />
      <SampleLine />
      <AdoptedLine />
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
      <span className="text-ink-2">{t.rich("text", { settings: (word) => <TextLink href="/settings">{word}</TextLink> })}</span>
    </Banner>
  );
}

/** Days that were in the table before: they count, but not for good. One press fills the form; what is left stays named here. */
function AdoptedLine() {
  const t = useTranslations("shell.adopted");
  const format = useFormat();
  const info = useConsoleInfo().data;
  if (!info?.adopted) return null;
  const { days, from, to } = info.adopted;
  const text = { range: format.days(from, to), code: (name: ReactNode) => <code>{name}</code>, whole };
  return (
    <Banner
      tone="warn"
      icon={<History {...ICON} />}
      title={t("title", { count: days })}
      action={
        info.source.sample ? null : (
          <ButtonLink size="sm" href={`/?from=${earliest(from, to)}&to=${to}&force=true#new`}>
            {t("choose")}
          </ButtonLink>
        )
      }
    >
      <span className="text-ink-2">{t.rich(info.source.sample ? "sample" : "text", text)}</span>
    </Banner>
  );
}

const whole = (range: ReactNode) => <span className="whitespace-nowrap">{range}</span>;

/** A task takes only so many days: of more, the latest come first. */
function earliest(from: Day, to: Day): Day {
  const first = addDays(to, 1 - MAX_RANGE_DAYS);
  return from < first ? first : from;
}
