"use client";

import { Fragment, type ReactNode } from "react";
import { addDays, type Day } from "@/lib/contract/day";
import { useDaySentences } from "./sentences";
import type { useDayCells } from "./use-day-cells";
import { firstDayInRange, type GridSize, monthMarks } from "./weeks";

interface Props {
  label: string;
  size: Exclude<GridSize, "none">;
  /** Mondays, ascending. */
  weeks: readonly Day[];
  /** Rows: 0 = Monday. */
  weekdays: readonly number[];
  first: Day;
  handlers: ReturnType<typeof useDayCells>["handlers"];
  /** The cell of a day, null where the range has none. */
  renderCell: (date: Day) => ReactNode;
}

const HEAD = "self-center whitespace-nowrap text-ink-3 [font:var(--t-11)]";

const COLUMNS: Record<Props["size"], (weeks: number) => string> = {
  cells: (weeks) => `var(--day-head) repeat(${weeks}, minmax(0, 1fr))`,
  wall: (weeks) => `var(--day-head) repeat(${weeks}, minmax(9px, 13px))`,
};

/** Weeks as columns, weekdays as rows, with their headings; the cells come from the caller. */
export function DayGridFrame({ label, size, weeks, weekdays, first, handlers, renderCell }: Props) {
  const { weekday, monthDay } = useDaySentences();
  const wall = size === "wall";
  const named = monthMarks(weeks, first);
  return (
    <div className={wall ? "overflow-x-auto p-0.5 -m-0.5" : ""}>
      <div
        role="grid"
        aria-label={label}
        {...handlers}
        className={`grid [--day-head:26px] sm:[--day-head:32px] ${wall ? "w-max max-w-full gap-[2px]" : "gap-[2px] sm:gap-[3px]"}`}
        style={{ gridTemplateColumns: COLUMNS[size](weeks.length) }}
      >
        <div role="row" className="contents">
          <span role="columnheader" aria-hidden />
          {weeks.map((monday) => (
            <span key={monday} role="columnheader" className={`${HEAD} ${wall ? "h-4 w-0 overflow-visible" : "overflow-hidden"}`}>
              {!wall || named.has(monday) ? monthDay(firstDayInRange(monday, first)) : ""}
            </span>
          ))}
        </div>
        {weekdays.map((row) => (
          <div key={row} role="row" className="contents">
            {/* Rows of the wall are lower than a line of text: every second one is named, and none takes height. */}
            <span role="rowheader" className={`${HEAD} ${wall ? "flex h-0 items-center" : "flex h-[26px] items-center"}`}>
              <span className={wall && row % 2 === 1 ? "sr-only" : ""}>{weekday(addDays(weeks[0] as Day, row))}</span>
            </span>
            {weeks.map((monday) => (
              <Fragment key={monday}>{renderCell(addDays(monday, row)) ?? <span role="gridcell" aria-hidden />}</Fragment>
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}
