"use client";

import { usePathname } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import { useLive } from "@/components/live/live";
import { placeOf } from "./places";

/** Title of the tab: how far the sync is, and that it is done until somebody has looked at the page. */
export function PageTitle() {
  const t = useTranslations("shell");
  const place = placeOf(usePathname());
  const { state } = useLive();
  const ended = useEndedUnseen(state?.current?.task_id ?? null);
  const running = state?.current;
  return <title>{running ? titleOfRunning() : ended && state?.last ? titleOfEnd(state.last.status) : titleOfPage()}</title>;

  function titleOfRunning(): string {
    const percent = Math.floor(running?.progress_percent ?? 0);
    if (!running?.current_date) return t("title.runningPlain", { percent });
    return t("title.running", { percent, day: running.current_date });
  }
  function titleOfEnd(status: string): string {
    return t(status === "completed" ? "title.done" : "title.failed");
  }
  function titleOfPage(): string {
    return place ? t("title.page", { page: t(place) }) : t("title.app");
  }
}

/** True from the moment a watched sync ended until this page was looked at for a while. */
function useEndedUnseen(runningId: string | null): boolean {
  const [ended, setEnded] = useState(false);
  const before = useRef<string | null>(null);
  useEffect(() => {
    if (before.current && !runningId) setEnded(true);
    if (runningId) setEnded(false);
    before.current = runningId;
  }, [runningId]);
  useEffect(() => {
    if (!ended) return;
    let seen: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      clearTimeout(seen);
      if (!document.hidden) seen = setTimeout(() => setEnded(false), SEEN_MS);
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
