"use client";

import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import type { TaskDay } from "@/lib/contract/task";
import { DAY_COLUMNS, DayLine } from "./day-line";
import type { DayRow } from "./day-rows";

/** Below this all lines are drawn, so that the browser's own search finds them. */
const MAX_PLAIN_ROWS = 200;

const ROW_PX = 33;

interface Props {
  taskId: string;
  rows: readonly DayRow[];
  days: readonly TaskDay[];
  taskIsFinal: boolean;
}

/** Every day of a task. Long tables draw only what is on the screen; they scroll with the page, not in a box. */
export function DaysTable({ taskId, rows, days, taskIsFinal }: Props) {
  const t = useTranslations("task.table");
  const longestMs = useMemo(() => days.reduce((longest, day) => Math.max(longest, day.duration_ms ?? 0), 0), [days]);
  const head = "text-left whitespace-nowrap";
  return (
    <div role="table" aria-label={t("title")} aria-rowcount={rows.length + 1}>
      <div
        role="row"
        className={`${DAY_COLUMNS} sticky top-(--h-bar) z-1 h-8 items-center border-b border-line-2 bg-bg text-ink-2 [font:var(--t-12)] max-sm:static`}
      >
        <span role="columnheader" className={head}>
          {t("date")}
        </span>
        <span role="columnheader" className={head}>
          {t("outcome")}
        </span>
        <span role="columnheader" className="text-right">
          {t("rows")}
        </span>
        <span role="columnheader" className="text-right">
          {t("duration")}
        </span>
        <span role="columnheader" aria-hidden className="max-xl:hidden" />
        <span role="columnheader" className="text-right max-xl:hidden">
          {t("attempts")}
        </span>
        <span role="columnheader" className={`${head} sm:pl-3 max-sm:sr-only`}>
          {t("note")}
        </span>
      </div>
      {rows.length > MAX_PLAIN_ROWS ? (
        <VirtualLines taskId={taskId} rows={rows} taskIsFinal={taskIsFinal} longestMs={longestMs} />
      ) : (
        <div role="rowgroup">
          {rows.map((row) => (
            <DayLine key={keyOf(row)} taskId={taskId} row={row} taskIsFinal={taskIsFinal} longestMs={longestMs} />
          ))}
        </div>
      )}
    </div>
  );
}

function VirtualLines({ taskId, rows, taskIsFinal, longestMs }: Omit<Props, "days"> & { longestMs: number }) {
  const list = useRef<HTMLDivElement>(null);
  const [scrollMargin, setScrollMargin] = useState(0);
  useLayoutEffect(() => {
    const top = list.current?.getBoundingClientRect().top ?? 0;
    setScrollMargin(Math.round(top + window.scrollY));
  }, [rows.length]);
  const virtual = useWindowVirtualizer({ count: rows.length, estimateSize: () => ROW_PX, overscan: 12, scrollMargin });
  return (
    <div ref={list} role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
      {virtual.getVirtualItems().map((item) => {
        const row = rows[item.index];
        return row ? (
          <div
            key={item.key}
            ref={virtual.measureElement}
            data-index={item.index}
            role="presentation"
            className="absolute inset-x-0 top-0"
            style={{ transform: `translateY(${item.start - scrollMargin}px)` }}
          >
            <DayLine taskId={taskId} row={row} taskIsFinal={taskIsFinal} longestMs={longestMs} />
          </div>
        ) : null;
      })}
    </div>
  );
}

function keyOf(row: DayRow): string {
  return row.kind === "day" ? row.day.date : `closed ${row.from}`;
}
