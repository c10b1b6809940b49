"use client";

import { Calendar } from "lucide-react";
import dynamic from "next/dynamic";
import { useEffect, useEffectEvent, useId, useRef, useState } from "react";
import { Dialog as AriaDialog, DialogTrigger } from "react-aria-components/Dialog";
import { Popover } from "react-aria-components/Popover";
import { useTranslations } from "use-intl";
import { Field } from "@/components/ui/field";
import { IconButton } from "@/components/ui/icon-button";
import { popoverStyle } from "@/components/ui/popover-style";
import { Skeleton } from "@/components/ui/skeleton";
import type { Day } from "@/lib/contract/day";
import { RANGE_FIELD_ID } from "./focus-range";
import { type DayRange, parseRange, rangeText } from "./range-text";

const RangeCalendar = dynamic(() => import("./range-calendar").then((module) => module.RangeCalendar), {
  ssr: false,
  loading: () => <Skeleton className="h-[276px] w-[248px]" />,
});

interface RangeFieldProps {
  range: DayRange | null;
  today: Day | null;
  /** What the server says of the range. */
  error: string | null;
  onChange: (range: DayRange) => void;
}

/** One field for both dates, typed or picked. A range that can be read is taken at once, a wrong one is named on leaving. */
export function RangeField({ range, today, error, onChange }: RangeFieldProps) {
  const t = useTranslations("start");
  const shown = range ? rangeText(range) : "";
  const [text, setText] = useState(shown);
  const [unreadable, setUnreadable] = useState<string | null>(null);
  const [isOpen, setIsOpen] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const hintId = useId();
  const errorId = useId();

  // A preset, the calendar or the address changed the range; what is being typed is left alone as long as it means the same,
  // or nothing yet.
  useEffect(() => {
    const isTyping = input.current !== null && input.current === document.activeElement;
    setText((held) => {
      const typed = parseRange(held);
      const stays = typed ? rangeText(typed) === shown : isTyping && held.trim() !== "";
      return stays ? held : shown;
    });
    setUnreadable(null);
  }, [shown]);

  const type = (next: string) => {
    setText(next);
    setUnreadable(null);
    const typed = parseRange(next);
    if (typed && rangeText(typed) !== shown) onChange(typed);
  };
  // Somebody was quicker than the page that came to life: the field holds what was typed, and nobody was told.
  const takeEarly = useEffectEvent(() => {
    const early = input.current?.value ?? "";
    if (early !== shown) type(early);
  });
  useEffect(() => takeEarly(), []);

  const leave = () => {
    const typed = parseRange(text);
    if (typed) setText(rangeText(typed));
    else if (text.trim() === "") setText(shown);
    else setUnreadable(text.trim());
  };
  const problem = unreadable === null ? error : t("unreadable", { text: unreadable });

  return (
    <Field label={t("range")} htmlFor={RANGE_FIELD_ID} error={problem} errorId={errorId}>
      <div className="flex h-9 items-center gap-2 rounded-(--r-control) border border-line-control bg-bg-raised pr-1 has-[input:focus-visible]:outline-2 has-[input:focus-visible]:outline-offset-2 has-[input:focus-visible]:outline-focus max-sm:h-10">
        <input
          ref={input}
          id={RANGE_FIELD_ID}
          type="text"
          autoComplete="off"
          spellCheck={false}
          placeholder="YYYY-MM-DD → YYYY-MM-DD"
          value={text}
          aria-invalid={problem !== null}
          aria-describedby={`${hintId} ${errorId}`}
          onChange={(event) => type(event.target.value)}
          onBlur={leave}
          onKeyDown={(event) => event.key === "Enter" && leave()}
          className="h-full min-w-0 flex-1 bg-transparent pl-2.5 tracking-[.01em] outline-none placeholder:text-ink-3"
        />
        <DialogTrigger isOpen={isOpen} onOpenChange={setIsOpen}>
          <IconButton label={t("openCalendar")}>
            <Calendar size={16} strokeWidth={1.75} aria-hidden />
          </IconButton>
          <Popover placement="bottom end" offset={8} className={popoverStyle}>
            <AriaDialog aria-label={t("range")} className="p-3 outline-none">
              <RangeCalendar
                range={range}
                today={today}
                onChange={(picked) => {
                  onChange(picked);
                  setIsOpen(false);
                }}
              />
            </AriaDialog>
          </Popover>
        </DialogTrigger>
      </div>
      <span id={hintId} className="sr-only">
        {t("typeHint")}
      </span>
    </Field>
  );
}
