"use client";

import { type ReactNode, useId, useMemo } from "react";
import { type Day, weekdayOf } from "@/lib/contract/day";
import { CardLayer } from "./card-layer";
import type { DayLook } from "./look";
import { Swatch } from "./swatch";
import { useDayCells } from "./use-day-cells";

interface Props {
  days: readonly { date: Day; look: DayLook }[];
  label: string;
  nameOf: (date: Day) => string;
  renderCard: (date: Day) => ReactNode;
}

/** One row, one cell a day; weeks are set apart. One tab stop, arrows move, the card tells everything. */
export function DayStrip({ days, label, nameOf, renderCard }: Props) {
  const cardId = useId();
  const dates = useMemo(() => days.map((day) => day.date), [days]);
  const cells = useDayCells(dates, (from, key) => {
    const step = key === "ArrowLeft" || key === "ArrowUp" ? -1 : 1;
    return dates[dates.indexOf(from) + step] ?? null;
  });
  return (
    <>
      <div role="grid" aria-label={label} {...cells.handlers}>
        <div role="row" className="flex h-[22px] gap-px">
          {days.map(({ date, look }, index) => (
            <div
              key={date}
              role="gridcell"
              data-day={date}
              tabIndex={date === cells.tabStop ? 0 : -1}
              aria-label={nameOf(date)}
              aria-describedby={cells.card?.date === date ? cardId : undefined}
              className={`day-hit min-w-[2px] flex-[1_1_0] rounded-[2px] ${index > 0 && startsWeek(date, dates[index - 1]) ? "ml-px sm:ml-[3px]" : ""}`}
            >
              <Swatch look={look} fill />
            </div>
          ))}
        </div>
      </div>
      {cells.card && (
        <CardLayer card={cells.card} id={cardId} handlers={cells.cardHandlers}>
          {renderCard(cells.card.date)}
        </CardLayer>
      )}
    </>
  );
}

function startsWeek(date: Day, before: Day | undefined): boolean {
  return before !== undefined && weekdayOf(date) <= weekdayOf(before);
}
