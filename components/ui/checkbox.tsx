"use client";

import clsx from "clsx";
import { Check } from "lucide-react";
import type { ReactNode } from "react";
import { type CheckboxProps as AriaCheckboxProps, Checkbox as AriaCheckbox } from "react-aria-components/Checkbox";

interface CheckboxProps extends Omit<AriaCheckboxProps, "className" | "style" | "children"> {
  children: ReactNode;
  /** A second, quieter line: what the other choice would do. */
  hint?: ReactNode;
  className?: string;
}

/** A checkbox with its label and a line of consequence. */
export function Checkbox({ children, hint, className, ...rest }: CheckboxProps) {
  return (
    <AriaCheckbox {...rest} className={clsx("group flex min-h-6 cursor-pointer items-start gap-2", className)}>
      {({ isSelected }) => (
        <>
          <span
            aria-hidden
            className={clsx(
              "mt-0.5 grid size-4 shrink-0 place-items-center rounded-sm border group-data-focus-visible:outline-2 group-data-focus-visible:outline-offset-2 group-data-focus-visible:outline-focus",
              isSelected ? "border-action bg-action text-on-action" : "border-line-control bg-bg-raised",
            )}
          >
            {isSelected ? <Check size={12} strokeWidth={3} /> : null}
          </span>
          <span>
            {children}
            {hint ? <span className="block text-ink-3 [font:var(--t-12)]">{hint}</span> : null}
          </span>
        </>
      )}
    </AriaCheckbox>
  );
}
