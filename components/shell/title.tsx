"use client";

import { usePathname } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import { useLive } from "@/components/live/live";
import { wordOfEnd } from "./ended";
import { placeOf } from "./places";

/** Title of the tab: how far the sync is, and that it is done until somebody has looked at the page. */
export function PageTitle() {
  const t = useTranslations("shell");
  const place = placeOf(usePathname());
  const { state } = useLive();
  const ended = useEndedUnseen(state?.current?.task_id ?? null);
  const running = state?.current;
  return <title>{running ? titleOfRunning() : ended === null ? titleOfPage() : t(`title.${wordOfEnd(ended, state)}`)}</title>;

  function titleOfRunning(): string {
    const percent = Math.floor(running?.progress_percent ?? 0);
    const type = running?.task_type ?? "web_batch";
    if (!running?.current_date) return t("title.runningPlain", { type, percent });
    return t("title.running", { type, percent, day: running.current_date });
  }
  function titleOfPage(): string {
    return place ? t("title.page", { page: t(place) }) : t("title.app");
  }
}

/** The sync that ended, from that moment until this page was looked at for a while; null before and after. */
function useEndedUnseen(runningId: string | null): string | null {
  const [ended, setEnded] = useState<string | null>(null);
  const before = useRef<string | null>(null);
  useEffect(() => {
    if (before.current && !runningId) setEnded(before.current);
    if (runningId) setEnded(null);
    before.current = runningId;
  }, [runningId]);
  useEffect(() => {
    if (ended === null) return;
    let seen: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      clearTimeout(seen);
      if (!document.hidden) seen = setTimeout(() => setEnded(null), SEEN_MS);
    };
    look();
    document.addEventListener("visibilitychange", look);
    return () => {
      clearTimeout(seen);
      document.removeEventListener("visibilitychange", look);
    };
  }, [ended]);
  return ended;
}

const SEEN_MS = 60_000;
