"use client";

import { useTranslations } from "use-intl";
import { useDaySentences } from "@/components/day/sentences";
import { useServerNow } from "@/components/live/server-now";
import { useFormat } from "@/components/shell/format";
import type { Day } from "@/lib/contract/day";
import type { Instant } from "@/lib/contract/instant";
import { nearnessOf } from "./when";

/** The words only change with the minute. */
const LOOK_EVERY_MS = 5_000;
const MINUTE_SECONDS = 60;

/** How coming instants are said: `today 20:00` in the chosen zone, and `in 5 h 51 min` (null before the server's clock is known). */
export function useWhen() {
  const t = useTranslations("schedule");
  const format = useFormat();
  const { weekday } = useDaySentences();
  const nowMs = useServerNow(LOOK_EVERY_MS);
  return {
    when(at: Instant): string {
      const day: Day = format.dayOf(at);
      const nearness = nowMs === null ? "other" : nearnessOf(day, format.dayOf(nowMs));
      return t("when", { nearness, weekday: weekday(day), time: format.timeShort(at) });
    },
    left(at: Instant): string | null {
      if (nowMs === null) return null;
      const seconds = (Date.parse(at) - nowMs) / 1000;
      if (seconds < MINUTE_SECONDS) return t("inAMoment");
      return t("in", { left: format.duration(Math.floor(seconds / MINUTE_SECONDS) * MINUTE_SECONDS) });
    },
  };
}
