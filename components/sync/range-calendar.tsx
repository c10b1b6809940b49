"use client";

import { ChevronLeft, ChevronRight } from "lucide-react";
import { useState } from "react";
import { Heading } from "react-aria-components/Heading";
import {
  CalendarCell,
  CalendarGrid,
  CalendarGridBody,
  CalendarGridHeader,
  CalendarHeaderCell,
  RangeCalendar as AriaRangeCalendar,
} from "react-aria-components/RangeCalendar";
import { useTranslations } from "use-intl";
import { IconButton } from "@/components/ui/icon-button";
import { type Day, fromCalendarDate, toCalendarDate } from "@/lib/contract/day";
import type { DayRange } from "./range-text";

interface RangeCalendarProps {
  range: DayRange | null;
  today: Day | null;
  onChange: (range: DayRange) => void;
}

/** A month to pick a range from, on dates without a zone; days after the exchange's today cannot be picked. */
export function RangeCalendar({ range, today, onChange }: RangeCalendarProps) {
  const t = useTranslations("start");
  const last = range?.to ?? today;
  const [focused, setFocused] = useState(() => (last ? toCalendarDate(last) : null));
  const isUsable = range !== null && range.from <= range.to;
  return (
    <AriaRangeCalendar
      aria-label={t("range")}
      autoFocus
      allowsNonContiguousRanges
      firstDayOfWeek="mon"
      value={isUsable ? { start: toCalendarDate(range.from), end: toCalendarDate(range.to) } : null}
      maxValue={today ? toCalendarDate(today) : null}
      {...(focused ? { focusedValue: focused } : {})}
      onFocusChange={(date) => setFocused(date)}
      onChange={({ start, end }) => onChange({ from: fromCalendarDate(start), to: fromCalendarDate(end) })}
    >
      <header className="flex items-center justify-between pb-2">
        <IconButton slot="previous" label={t("previousMonth")}>
          <ChevronLeft size={16} aria-hidden />
        </IconButton>
        <Heading className="[font:var(--t-14)]" />
        <IconButton slot="next" label={t("nextMonth")}>
          <ChevronRight size={16} aria-hidden />
        </IconButton>
      </header>
      <CalendarGrid weekdayStyle="short" className="border-separate border-spacing-x-0 border-spacing-y-0.5">
        <CalendarGridHeader>
          {(day) => <CalendarHeaderCell className="h-7 font-normal text-ink-3 [font:var(--t-11)]">{day}</CalendarHeaderCell>}
        </CalendarGridHeader>
        <CalendarGridBody>
          {(date) => (
            <CalendarCell
              date={date}
              className="grid size-[34px] cursor-pointer place-items-center text-center hover:bg-bg-hover data-disabled:cursor-default data-disabled:text-ink-3 data-disabled:opacity-50 data-outside-month:invisible data-selected:bg-bg-hover data-selection-end:rounded-r-(--r-control) data-selection-end:bg-action data-selection-end:font-semibold data-selection-end:text-on-action data-selection-start:rounded-l-(--r-control) data-selection-start:bg-action data-selection-start:font-semibold data-selection-start:text-on-action"
            />
          )}
        </CalendarGridBody>
      </CalendarGrid>
    </AriaRangeCalendar>
  );
}
