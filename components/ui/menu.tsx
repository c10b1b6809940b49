"use client";

import type { ReactElement } from "react";
import { Menu as AriaMenu, MenuItem, MenuTrigger } from "react-aria-components/Menu";
import { Popover } from "react-aria-components/Popover";
import { type Choice, ChoiceLine, textOfChoice } from "./choice";
import { menuItemStyle, popoverStyle } from "./popover-style";

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
            <MenuItem key={choice.value} id={choice.value} textValue={textOfChoice(choice)} className={menuItemStyle}>
              {({ isSelected }) => <ChoiceLine choice={choice} isSelected={isSelected} />}
            </MenuItem>
          ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
