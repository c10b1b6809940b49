"use client";

import { useId, useState } from "react";
import { Field } from "@/components/ui/field";
import { readTime } from "./when";

interface TimeFieldProps {
  label: string;
  /** As it was typed: `20:00`, and on the way there `20`. */
  text: string;
  /** Whose clock: `Shanghai, UTC+8`. */
  zone: string;
  hint: string | null;
  /** What to say of a text that is no time. */
  unreadable: string;
  onChange: (text: string) => void;
  onEnter: () => void;
}

/** A clock time of 24 hours, typed. It has no zone of its own: the zone is said beside it. A wrong one is named on leaving. */
export function TimeField({ label, text, zone, hint, unreadable, onChange, onEnter }: TimeFieldProps) {
  const [isLeft, setIsLeft] = useState(false);
  const inputId = useId();
  const zoneId = useId();
  const hintId = useId();
  const errorId = useId();
  const time = readTime(text);
  const isWrong = isLeft && time === null;

  const leave = () => {
    setIsLeft(true);
    if (time !== null && time !== text) onChange(time);
  };

  return (
    <div className="grid min-w-0 grid-cols-1 content-start gap-1.5">
      <Field label={label} htmlFor={inputId} error={isWrong ? unreadable : null} errorId={errorId}>
        <div className="flex h-9 items-center gap-2 rounded-(--r-control) border border-line-control bg-bg-raised pr-2.5 focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-focus max-sm:h-10">
          <input
            id={inputId}
            type="text"
            inputMode="numeric"
            autoComplete="off"
            spellCheck={false}
            placeholder="HH:MM"
            maxLength={5}
            value={text}
            aria-invalid={isWrong}
            aria-describedby={`${zoneId} ${hintId} ${errorId}`}
            onChange={(event) => {
              setIsLeft(false);
              onChange(event.target.value);
            }}
            onBlur={leave}
            onKeyDown={(event) => {
              if (event.key !== "Enter") return;
              leave();
              onEnter();
            }}
            className="h-full w-0 flex-1 bg-transparent pl-2.5 tracking-[.01em] outline-none placeholder:text-ink-3"
          />
          <span id={zoneId} className="whitespace-nowrap text-ink-3">
            {zone}
          </span>
        </div>
      </Field>
      <div id={hintId} className="text-ink-3 [font:var(--t-12)] empty:hidden">
        {hint}
      </div>
    </div>
  );
}
