"use client";

import { Check } from "lucide-react";
import type { ReactElement } from "react";
import { Header } from "react-aria-components/Header";
import { Menu as AriaMenu, MenuItem, MenuSection, MenuTrigger } from "react-aria-components/Menu";
import { Popover } from "react-aria-components/Popover";
import type { Choice } from "./choice";
import { menuItemStyle, popoverStyle } from "./popover-style";

interface ActionMenuProps<Value extends string> {
  label: string;
  /** The button that opens it. */
  trigger: ReactElement;
  /** What is done at a press, above the choices. */
  actions: { id: string; label: string; onPress: () => void }[];
  /** One of a few, under its own head. */
  choice: { label: string; choices: Choice<Value>[]; value: Value; onChoose: (value: Value) => void };
}

/** A menu of actions with one choice among a few below them. */
export function ActionMenu<Value extends string>({ label, trigger, actions, choice }: ActionMenuProps<Value>) {
  return (
    <MenuTrigger>
      {trigger}
      <Popover placement="bottom end" offset={4} className={popoverStyle}>
        <AriaMenu aria-label={label} className="max-h-[70dvh] min-w-44 overflow-y-auto p-1 outline-none">
          <MenuSection aria-label={label}>
            {actions.map((action) => (
              <MenuItem
                key={action.id}
                id={action.id}
                textValue={action.label}
                onAction={action.onPress}
                className={menuItemStyle}
              >
                <span className="w-3.5" />
                {action.label}
              </MenuItem>
            ))}
          </MenuSection>
          <MenuSection
            selectionMode="single"
            disallowEmptySelection
            selectedKeys={[choice.value]}
            onSelectionChange={(selection) => {
              const chosen = choice.choices.find(({ value }) => selection !== "all" && selection.has(value));
              if (chosen && chosen.value !== choice.value) choice.onChoose(chosen.value);
            }}
            className="mt-1 border-t border-line pt-1"
          >
            <Header className="px-2 py-1 text-ink-2 [font:var(--t-12)]">{choice.label}</Header>
            {choice.choices.map(({ value, label: word, text, tail }) => (
              <MenuItem
                key={value}
                id={value}
                textValue={text ?? (typeof word === "string" ? word : value)}
                className={menuItemStyle}
              >
                {({ isSelected }) => (
                  <>
                    <span className="w-3.5">{isSelected ? <Check size={14} aria-hidden /> : null}</span>
                    <span className="flex-1">{word}</span>
                    {tail ? <span className="text-ink-3 [font:var(--t-12)]">{tail}</span> : null}
                  </>
                )}
              </MenuItem>
            ))}
          </MenuSection>
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
