"use client";

import { useMemo } from "react";
import { useLocale, useTranslations } from "use-intl";
import type { Day } from "@/lib/contract/day";
import type { Instant } from "@/lib/contract/instant";
import { clockParts, offsetOf } from "./clock-parts";
import { durationParts, minuteRange } from "./duration-parts";
import { useZone } from "./zone";

/** Numbers, times and durations in the page's language and zone. Figures never change their width (tabular in the base style). */
export function useFormat() {
  const t = useTranslations("ui");
  const locale = useLocale();
  const { timeZone } = useZone();
  return useMemo(() => {
    const integers = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
    const tenths = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
    const parts = (at: Instant | number) => clockParts(at, timeZone ?? (typeof at === "string" ? offsetOf(at) : "UTC"));

    /** `5,412`; `–` for what is not known. */
    const number = (value: number | null) => (value === null ? "–" : integers.format(value).replace("-", "−"));

    /** `75.0`, without the sign: the sign is set smaller beside it. 100 without a fraction. */
    const percent = (value: number) => (value === 100 ? "100" : tenths.format(value));

    /** A line never parts a figure from its unit. */
    const together = (figureAndUnit: string) => figureAndUnit.replace(" ", "\u00a0");

    /** `6 min 32 s`, `5 h 51 min`, `4 s`; two units at most. */
    const duration = (seconds: number) =>
      durationParts(seconds)
        .map(({ unit, count }) => together(t(`unit.${unit}`, { count })))
        .join(" ");

    const inTenths = (ms: number) => together(t("unit.secondsText", { text: tenths.format(ms / 1000) }));

    /** `3 ms`, `6.2 s`, `1 min 4 s`. */
    const milliseconds = (ms: number) => {
      if (ms < 1000) return together(t("unit.millisecond", { count: Math.round(ms) }));
      if (ms < 60_000) return inTenths(ms);
      return duration(ms / 1000);
    };

    /** How long ago, in tenths of a second below a minute: `0.2 s`. */
    const ago = (ms: number) => (ms < 60_000 ? inTenths(ms) : duration(ms / 1000));

    /** A range of seconds as the range a person plans with: `4–6 min`, `20–40 s`, `2–3.5 h`. */
    const range = ([low, high]: [number, number]) => {
      const { unit, from, to } = minuteRange(low, high);
      return { figures: from === to ? from : `${from}–${to}`, unit: t(`rangeUnit.${unit}`) };
    };

    return {
      number,
      percent,
      duration,
      milliseconds,
      ago,
      range,
      rangeText: (seconds: [number, number]) => {
        const { figures, unit } = range(seconds);
        return t("rangeText", { figures, unit });
      },
      /** `14:08:43` in the chosen zone. Takes an instant or milliseconds. */
      time: (at: Instant | number) => parts(at).time,
      /** `14:08`. */
      timeShort: (at: Instant | number) => parts(at).time.slice(0, 5),
      /** The calendar day of an instant in the chosen zone, `2025-11-19`. */
      dayOf: (at: Instant | number): Day => parts(at).day,
      /** `14:08:43` today, `11-18 14:08` this year, else `2024-11-18 14:08`; `today` is the server's. */
      moment: (at: Instant | number, today: Day | null) => {
        const { day, time } = parts(at);
        if (day === today) return time;
        const short = time.slice(0, 5);
        return today && day.slice(0, 4) === today.slice(0, 4) ? `${day.slice(5)} ${short}` : `${day} ${short}`;
      },
      /** `2025-09-22 → 2025-10-31`, or the one day. */
      days: (from: Day, to: Day) => (from === to ? from : `${from} → ${to}`),
      /** `11-18`. */
      dayShort: (day: Day) => day.slice(5),
    };
  }, [locale, t, timeZone]);
}
