"use client";

import clsx from "clsx";
import { Activity, Database, KeyRound, type LucideIcon } from "lucide-react";
import { useTranslations } from "use-intl";
import { useLive } from "@/components/live/live";
import { useBrowserNow } from "@/components/live/server-now";
import { HoverCard } from "@/components/ui/hover-card";
import { Button as AriaButton } from "react-aria-components/Button";
import { useFormat } from "./format";
import { type Signal, type SignalTone, signalsOf } from "./signal-rules";

const ICON: Record<Signal["name"], LucideIcon> = { page: Activity, database: Database, lease: KeyRound };
const TONE: Record<SignalTone, string> = {
  ok: "text-st-complete",
  warn: "text-st-suspect",
  bad: "text-st-failed",
  off: "text-ink-3",
};

/** Page ↔ server, server ↔ database, and who holds the lease: three signals, never one dot. */
export function Signals() {
  const t = useTranslations("live");
  const format = useFormat();
  const live = useLive();
  const now = useBrowserNow(500);
  const silentMs = now !== null && live.shownSince !== null ? Math.max(0, now - live.shownSince) : 0;

  const figureOf = ({ figure }: Signal): string => {
    if (!figure) return "";
    if (figure.kind === "attempt") return t("attempt", { count: figure.count });
    if (figure.kind === "unknown") return t("unknown");
    if (figure.kind === "since") return t("since", { time: format.time(figure.at) });
    if (figure.kind === "ms") return format.milliseconds(figure.ms);
    if (figure.kind === "ago") return t("ago", { time: format.ago(figure.ms) });
    return t("holder", { name: figure.name, time: format.duration(figure.ms / 1000) });
  };

  return (
    <ul
      aria-label={t("signals")}
      className="flex min-w-0 items-center max-sm:order-3 max-sm:-mx-4 max-sm:w-[calc(100%+2rem)] max-sm:border-t max-sm:border-line"
    >
      {signalsOf(live, silentMs).map((signal) => {
        const Icon = ICON[signal.name];
        const figure = figureOf(signal);
        return (
          <li
            key={signal.name}
            className="flex h-6 items-center border-l border-line px-3 max-xl:px-2.5 max-sm:h-9 max-sm:flex-auto max-sm:justify-center max-sm:px-1.5 max-sm:first:border-l-0"
          >
            <HoverCard
              placement="bottom"
              content={
                <>
                  <b className="font-semibold">{t(signal.word)}</b>
                  {figure ? ` · ${figure}` : ""}
                  <br />
                  <span className="text-ink-2">{t(`hint.${signal.name}`)}</span>
                </>
              }
            >
              <AriaButton className="flex h-6 cursor-default items-center gap-1.5 rounded-sm whitespace-nowrap max-sm:[font:var(--t-12)]">
                <Icon size={16} strokeWidth={1.75} aria-hidden className={clsx("shrink-0", TONE[signal.tone])} />
                <span>{t(signal.word)}</span>
                {figure ? <span className="text-ink-2 max-xl:sr-only">{figure}</span> : null}
              </AriaButton>
            </HoverCard>
          </li>
        );
      })}
    </ul>
  );
}
