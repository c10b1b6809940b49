"use client";

import { type ReactNode, useId, useMemo, useState } from "react";
import { type Day, weekdayOf } from "@/lib/contract/day";
import { CardLayer } from "./card-layer";
import { DayRowsDialog } from "./day-rows-dialog";
import type { DayLook } from "./look";
import { Swatch } from "./swatch";
import { useDayCells } from "./use-day-cells";

interface Props {
  days: readonly { date: Day; look: DayLook }[];
  label: string;
  nameOf: (date: Day) => string;
  renderCard: (date: Day) => ReactNode;
  /** Whether the table holds rows of a day, which can then be looked at. */
  holdsRows: (date: Day) => boolean;
}

/** One row, one cell a day; weeks are set apart. One tab stop, arrows move, the card tells everything, and leads to the rows. */
export function DayStrip({ days, label, nameOf, renderCard, holdsRows }: Props) {
  const cardId = useId();
  const dates = useMemo(() => days.map((day) => day.date), [days]);
  const [shown, setShown] = useState<Day | null>(null);
  const neighbour = (from: Day, key: string) => {
    const step = key === "ArrowLeft" || key === "ArrowUp" ? -1 : 1;
    return dates[dates.indexOf(from) + step] ?? null;
  };
  const cells = useDayCells(dates, neighbour, { isHeld: holdsRows, show: setShown });
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
        <CardLayer card={cells.card} id={cardId} showRows={cells.showRows} handlers={cells.cardHandlers}>
          {renderCard(cells.card.date)}
        </CardLayer>
      )}
      {shown && <DayRowsDialog date={shown} onClose={() => setShown(null)} />}
    </>
  );
}

function startsWeek(date: Day, before: Day | undefined): boolean {
  return before !== undefined && weekdayOf(date) <= weekdayOf(before);
}
