"use client";

import { Check } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import { Menu as AriaMenu, MenuItem, MenuTrigger } from "react-aria-components/Menu";
import { Popover } from "react-aria-components/Popover";
import { menuItemStyle, popoverStyle } from "./popover-style";

export interface Choice<Value extends string> {
  value: Value;
  label: ReactNode;
  /** Plain text of the label, for typing ahead; needed when the label is not text. */
  text?: string;
  /** A quieter word at the end of the line. */
  tail?: ReactNode;
}

interface ChoiceMenuProps<Value extends string> {
  label: string;
  /** The button that opens it. */
  trigger: ReactElement;
  choices: Choice<Value>[];
  value: Value;
  onChoose: (value: Value) => void;
}

/** A menu in which one of a few is chosen. */
export function ChoiceMenu<Value extends string>({ label, trigger, choices, value, onChoose }: ChoiceMenuProps<Value>) {
  return (
    <MenuTrigger>
      {trigger}
      <Popover placement="bottom end" offset={4} className={popoverStyle}>
        <AriaMenu
          aria-label={label}
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[value]}
          onSelectionChange={(selection) => {
            const chosen = choices.find((choice) => selection !== "all" && selection.has(choice.value));
            if (chosen) onChoose(chosen.value);
          }}
          className="min-w-44 p-1 outline-none"
        >
          {choices.map((choice) => (
            <MenuItem
              key={choice.value}
              id={choice.value}
              textValue={choice.text ?? (typeof choice.label === "string" ? choice.label : choice.value)}
              className={menuItemStyle}
            >
              {({ isSelected }) => (
                <>
                  <span className="w-3.5">{isSelected ? <Check size={14} aria-hidden /> : null}</span>
                  <span className="flex-1">{choice.label}</span>
                  {choice.tail ? <span className="text-ink-3 [font:var(--t-12)]">{choice.tail}</span> : null}
                </>
              )}
            </MenuItem>
          ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
