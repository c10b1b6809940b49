"use client";

import clsx from "clsx";
import type { ReactNode } from "react";
import { type ToggleButtonProps, ToggleButton } from "react-aria-components/ToggleButton";

interface ChipProps extends Omit<ToggleButtonProps, "className" | "style" | "children"> {
  className?: string;
  children: ReactNode;
}

/** A small toggle: a preset or a filter. */
export function Chip({ className, children, ...rest }: ChipProps) {
  return (
    <ToggleButton
      {...rest}
      className={clsx(
        "inline-flex h-[26px] cursor-pointer items-center gap-1.5 rounded-(--r-control) border border-line-2 bg-bg px-[9px] whitespace-nowrap",
        "text-ink-2 [font:var(--t-12)] hover:bg-bg-hover hover:text-ink max-sm:h-8",
        "data-selected:border-ink data-selected:font-semibold data-selected:text-ink data-selected:shadow-[inset_0_0_0_.5px_var(--ink)]",
        "data-disabled:cursor-default data-disabled:text-ink-3 data-disabled:hover:bg-bg",
        className,
      )}
    >
      {children}
    </ToggleButton>
  );
}
