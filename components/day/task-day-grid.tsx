"use client";

import { useId, useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { useFormat } from "@/components/shell/format";
import { addDays, type Day, weekdayOf } from "@/lib/contract/day";
import type { TaskDay } from "@/lib/contract/task";
import { CardLayer } from "./card-layer";
import { DayRowsDialog } from "./day-rows-dialog";
import { DayGridFrame } from "./grid-frame";
import { DayIcon } from "./icon";
import { holdsRows, type DayLook, lookOfTaskDay } from "./look";
import { useLookWord } from "./look-word";
import { useDaySentences } from "./sentences";
import { Swatch } from "./swatch";
import { TaskDayCard } from "./task-day-card";
import { useDayCells } from "./use-day-cells";
import { gridSizeOf, weekdaysShown, weeksOf } from "./weeks";

interface Props {
  days: readonly TaskDay[];
  taskIsFinal: boolean;
  /** Share of the running day that was fetched, 0–1; null = not known. */
  fetchedShare: number | null;
  label: string;
}

/** The days of a task: weeks as columns, Mon–Fri as rows. Up to 10 weeks with rows, to 60 as wall cells, beyond that nothing. */
export function TaskDayGrid({ days, taskIsFinal, fetchedShare, label }: Props) {
  const t = useTranslations("day");
  const format = useFormat();
  const word = useLookWord();
  const { reason } = useDaySentences();
  const cardId = useId();

  const byDate = useMemo(
    () => new Map(days.map((day) => [day.date, { day, look: lookOfTaskDay(day, taskIsFinal) }])),
    [days, taskIsFinal],
  );
  const weekdays = useMemo(
    () => weekdaysShown([...byDate.values()].map(({ day, look }) => ({ date: day.date, look }))),
    [byDate],
  );
  const dates = useMemo(
    () => days.map((day) => day.date).filter((date) => weekdays.length === 7 || weekdayOf(date) < 5),
    [days, weekdays],
  );
  const weeks = useMemo(() => weeksOf(dates), [dates]);
  const size = gridSizeOf(weeks.length);

  const [shown, setShown] = useState<Day | null>(null);
  const neighbour = (from: Day, key: string) => {
    if (key === "ArrowLeft" || key === "ArrowRight") {
      const date = addDays(from, key === "ArrowLeft" ? -7 : 7);
      return byDate.has(date) ? date : null;
    }
    return dates[dates.indexOf(from) + (key === "ArrowUp" ? -1 : 1)] ?? null;
  };
  const isHeld = (date: Day) => holdsRows(byDate.get(date)?.day);
  const cells = useDayCells(dates, neighbour, { isHeld, show: setShown });
  if (size === "none") return null;

  const note = (day: TaskDay, look: DayLook): string => {
    if (look === "running") return fetchedShare === null ? "" : t("share", { percent: Math.floor(fetchedShare * 100) });
    if (look === "failed") return day.error ? t(`short.${day.error.code}`) : "";
    if (look === "no_trading") return day.reason ? reason(day.reason) : "";
    return day.rows === null ? "" : format.number(day.rows);
  };
  const nameOf = (day: TaskDay, look: DayLook): string =>
    [
      day.date,
      word(look),
      day.rows === null ? null : t("rowsOf", { rows: day.rows }),
      day.reason && look !== "kept" ? reason(day.reason) : null,
    ]
      .filter((part) => part !== null)
      .join(t("comma"));

  const open = cells.card && byDate.get(cells.card.date);
  return (
    <>
      <DayGridFrame
        label={label}
        size={size}
        weeks={weeks}
        weekdays={weekdays}
        first={dates[0] as Day}
        handlers={cells.handlers}
        renderCell={(date) => {
          const held = byDate.get(date);
          if (!held) return null;
          const shared = {
            "data-day": date,
            "data-look": held.look,
            tabIndex: date === cells.tabStop ? 0 : -1,
            "aria-label": nameOf(held.day, held.look),
            "aria-describedby": cells.card?.date === date ? cardId : undefined,
          };
          return size === "wall" ? (
            <div role="gridcell" {...shared} className="day-hit aspect-square rounded-[2px]">
              <Swatch look={held.look} fill />
            </div>
          ) : (
            <div role="gridcell" {...shared} className="day-cell max-sm:justify-between max-sm:gap-[3px] max-sm:px-1">
              <DayIcon look={held.look} />
              <span className={held.look === "no_trading" ? "" : "font-semibold"}>{date.slice(8)}</span>
              <span className="day-note">{note(held.day, held.look)}</span>
            </div>
          );
        }}
      />
      {cells.card && open && (
        <CardLayer card={cells.card} id={cardId} showRows={cells.showRows} handlers={cells.cardHandlers}>
          <TaskDayCard day={open.day} look={open.look} />
        </CardLayer>
      )}
      {shown && <DayRowsDialog date={shown} onClose={() => setShown(null)} />}
    </>
  );
}
