"use client";

import { Fragment } from "react";
import { useTranslations } from "use-intl";
import { useDaySentences } from "@/components/day/sentences";
import { useFormat } from "@/components/shell/format";
import { addDays, type Day } from "@/lib/contract/day";
import type { HistoryEntry } from "./entries";
import { FireRow } from "./fire-row";
import { groupByDay } from "./groups";
import { HistoryRow } from "./history-row";

const HEAD =
  "h-8 border-b border-line-2 px-3 text-left whitespace-nowrap text-ink-2 [font:var(--t-12)] first:pl-6 last:pr-6 max-xl:px-2";

/** The lines of a page with a head for each day; a list of two lines a task on phones. */
export function HistoryTable({ entries, today }: { entries: readonly HistoryEntry[]; today: Day | null }) {
  const t = useTranslations("history");
  const format = useFormat();
  const { weekday } = useDaySentences();
  const headOf = (day: Day) => {
    if (day === today) return t("today");
    if (today && day === addDays(today, -1)) return t("yesterday");
    return t("dayHead", { day, weekday: weekday(day) });
  };
  return (
    <table className="w-full border-collapse max-sm:block">
      <thead className="max-sm:sr-only">
        <tr>
          <th className={HEAD}>{t("started")}</th>
          <th className={HEAD}>{t("range")}</th>
          <th className={HEAD}>{t("status")}</th>
          <th className={`${HEAD} w-[42%]`}>{t("outcome")}</th>
          <th className={`${HEAD} text-right! max-xl:pr-6!`}>{t("duration")}</th>
          <th className={`${HEAD} text-right! max-xl:hidden`}>{t("rows")}</th>
        </tr>
      </thead>
      <tbody className="max-sm:block">
        {groupByDay(entries, (entry) => format.dayOf(entry.at)).map((group) => (
          <Fragment key={`${group.day} ${group.lines[0]?.at}`}>
            <tr className="max-sm:block">
              <th
                scope="rowgroup"
                colSpan={6}
                className="h-7 border-b border-line bg-bg-nav px-6 text-left text-ink-2 [font:var(--t-12)] max-sm:block max-sm:h-auto max-sm:px-4 max-sm:py-1"
              >
                {headOf(group.day)}
              </th>
            </tr>
            {group.lines.map((entry) =>
              entry.kind === "task" ? (
                <HistoryRow key={entry.task.task_id} task={entry.task} />
              ) : (
                <FireRow key={`${entry.fire.schedule_id} ${entry.fire.local_date}`} fire={entry.fire} />
              ),
            )}
          </Fragment>
        ))}
      </tbody>
    </table>
  );
}
