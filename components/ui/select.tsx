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
  className?: string;
}

/** One of several; the label is its name for a screen reader, the value speaks for itself on the page. */
export function Select<Value extends string>({ label, choices, value, onChoose, className }: SelectProps<Value>) {
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
          "inline-flex h-(--h-control-sm) cursor-pointer items-center gap-1.5 rounded-(--r-control) border border-line-control bg-bg-raised pr-2 pl-2.5",
          "font-medium whitespace-nowrap hover:bg-bg-hover",
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
