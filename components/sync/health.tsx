"use client";

import { Check, CircleDashed, TriangleAlert, X } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { useConsoleInfo } from "@/components/data/queries";
import { useLive } from "@/components/live/live";
import { useFormat } from "@/components/shell/format";
import { TextLink } from "@/components/ui/link";
import { Section } from "@/components/ui/section";
import { Skeleton } from "@/components/ui/skeleton";

type Tone = "ok" | "warn" | "bad" | "off";

const SIGN: Record<Tone, ReactNode> = {
  ok: <Check size={14} aria-hidden className="text-st-complete" />,
  warn: <TriangleAlert size={14} aria-hidden className="text-st-suspect" />,
  bad: <X size={14} aria-hidden className="text-st-failed" />,
  off: <CircleDashed size={14} aria-hidden className="text-ink-3" />,
};

/** How the source answered last, whether PostgreSQL answers, and which servers are up. Nothing is probed for it. */
export function Health() {
  const t = useTranslations("start.health");
  const format = useFormat();
  const live = useLive();
  const info = useConsoleInfo().data;
  const state = live.connection === "live" ? live.state : null;
  const instances = state?.instances ?? [];
  return (
    <Section pane="side" title={t("title")}>
      {info || state ? (
        <dl className="grid gap-1">
          <Line term={info ? t("source", { name: info.source.name }) : t("sourceUnnamed")}>{source()}</Line>
          <Line term={info ? t("database", { version: info.database.version }) : t("databaseUnnamed")}>{database()}</Line>
          <Line term={t("instances")}>
            {instances.length > 0
              ? t("instancesOf", { count: instances.length, names: instances.map((instance) => instance.name).join(", ") })
              : t("unknown")}
          </Line>
        </dl>
      ) : (
        <div className="grid gap-2">
          <Skeleton className="h-4" />
          <Skeleton className="h-4" />
          <Skeleton className="h-4" />
        </div>
      )}
    </Section>
  );

  function source() {
    if (!info || !state) return <Sign tone="off">{t("unknown")}</Sign>;
    const last = info.source.last_call;
    if (!last) return <Sign tone="off">{t(state.current?.fetched ? "isAsked" : "notAsked")}</Sign>;
    if (!last.ok) {
      // The settings say why, and what to do.
      return (
        <Sign tone="warn">
          <TextLink href="/settings">{t("failed", { time: format.moment(last.at, state.today) })}</TextLink>
        </Sign>
      );
    }
    return <Sign tone="ok">{t("answers", { time: format.milliseconds(last.ms) })}</Sign>;
  }

  function database() {
    if (!state) return <Sign tone="off">{t("unknown")}</Sign>;
    if (!state.database.ok) return <Sign tone="bad">{t("away")}</Sign>;
    return <Sign tone="ok">{t("answers", { time: format.milliseconds(state.database.ms) })}</Sign>;
  }
}

function Line({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div className="flex flex-wrap justify-between gap-x-4">
      <dt className="text-ink-2">{term}</dt>
      <dd className="text-right">{children}</dd>
    </div>
  );
}

function Sign({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className="inline-flex items-center gap-1.5">
      {SIGN[tone]}
      {children}
    </span>
  );
}
