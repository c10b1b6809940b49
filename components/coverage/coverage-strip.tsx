"use client";

import { useMemo } from "react";
import { useTranslations } from "use-intl";
import { DayCard } from "@/components/day/card";
import { useLookWord } from "@/components/day/look-word";
import type { CoverageDay } from "@/components/day/runs";
import { DayStrip } from "@/components/day/strip";
import { useFormat } from "@/components/shell/format";
import type { CoverageRun } from "@/lib/contract/coverage";
import type { Day } from "@/lib/contract/day";

/** The strip with its axis; the card tells state and rows of a day. */
export function CoverageStrip({ days }: { days: readonly CoverageDay[] }) {
  const t = useTranslations("coverage");
  const day = useTranslations("day");
  const word = useLookWord();
  const format = useFormat();
  const byDate = useMemo(() => new Map(days.map((each) => [each.date, each])), [days]);

  const meaning = ({ look, run }: CoverageDay): string => {
    if (run.reason === "sample") return t("meaning.sample");
    if (run.reason === "adopted" && look === "complete") return t("meaning.adopted");
    if (run.reason === "adopted" && look === "suspect") return t("meaning.adoptedSuspect");
    return t(`meaning.${look}`);
  };
  const rowsText = ({ rows_min: low, rows_max: high }: CoverageRun): string | null => {
    if (low === null || high === null) return null;
    return low === high ? format.number(low) : day("rowsBetween", { low, high });
  };
  const nameOf = (date: Day): string => {
    const held = byDate.get(date);
    if (!held) return date;
    const rows = rowsText(held.run);
    return [date, word(held.look), ...(rows === null ? [] : [`${t("rows")} ${rows}`])].join(day("comma"));
  };
  return (
    <>
      <DayStrip
        days={days}
        label={t("label", { count: days.length })}
        nameOf={nameOf}
        holdsRows={(date) => (byDate.get(date)?.run.rows_max ?? 0) > 0}
        renderCard={(date) => {
          const held = byDate.get(date);
          if (!held) return null;
          const rows = rowsText(held.run);
          return (
            <DayCard
              date={date}
              look={held.look}
              lines={[meaning(held)]}
              facts={rows === null ? [] : [{ term: t("rows"), value: rows }]}
            />
          );
        }}
      />
      <div aria-hidden className="mt-1.5 flex justify-between text-ink-3 [font:var(--t-11)]">
        {axisOf(days).map((date) => (
          <span key={date}>{date.slice(5)}</span>
        ))}
      </div>
    </>
  );
}

/** First, last, and two between them. */
function axisOf(days: readonly CoverageDay[]): Day[] {
  const last = days.length - 1;
  const marks = new Set([0, Math.round(last / 3), Math.round((2 * last) / 3), last]);
  return [...marks].flatMap((index) => days[index]?.date ?? []);
}
