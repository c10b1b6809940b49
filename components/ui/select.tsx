"use client";

import clsx from "clsx";
import { ChevronDown } from "lucide-react";
import { Button as AriaButton } from "react-aria-components/Button";
import { ListBox, ListBoxItem } from "react-aria-components/ListBox";
import { Popover } from "react-aria-components/Popover";
import { Select as AriaSelect, SelectValue } from "react-aria-components/Select";
import { type Choice, ChoiceLine, textOfChoice } from "./choice";
import { menuItemStyle, popoverStyle } from "./popover-style";

interface SelectProps<Value extends string> {
  label: string;
  choices: Choice<Value>[];
  value: Value;
  onChoose: (value: Value) => void;
  /** Beside chips, as one of them; `on` while it narrows what is shown. */
  chip?: "off" | "on";
  className?: string;
}

/** One of several; the label is its name for a screen reader, the value speaks for itself on the page. */
export function Select<Value extends string>({ label, choices, value, onChoose, chip, className }: SelectProps<Value>) {
  return (
    <AriaSelect
      aria-label={label}
      value={value}
      onChange={(key) => {
        const chosen = choices.find((choice) => choice.value === key);
        if (chosen) onChoose(chosen.value);
      }}
      className={className ?? ""}
    >
      <AriaButton
        className={clsx(
          "inline-flex cursor-pointer items-center gap-1.5 rounded-(--r-control) border pr-2 pl-2.5 whitespace-nowrap hover:bg-bg-hover",
          chip
            ? "h-[26px] bg-bg [font:var(--t-12)] max-sm:h-8"
            : "h-(--h-control-sm) border-line-control bg-bg-raised font-medium",
          chip === "off" && "border-line-2 text-ink-2 hover:text-ink",
          chip === "on" && "border-ink font-semibold text-ink shadow-[inset_0_0_0_.5px_var(--ink)]",
        )}
      >
        <SelectValue>{({ selectedText }) => selectedText}</SelectValue>
        <ChevronDown size={14} aria-hidden className="text-ink-2" />
      </AriaButton>
      <Popover offset={4} className={popoverStyle}>
        <ListBox className="max-h-80 min-w-40 overflow-y-auto p-1 outline-none">
          {choices.map((choice) => (
            <ListBoxItem key={choice.value} id={choice.value} textValue={textOfChoice(choice)} className={menuItemStyle}>
              {({ isSelected }) => <ChoiceLine choice={choice} isSelected={isSelected} />}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}
