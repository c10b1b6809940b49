"use client";

import clsx from "clsx";
import type { ReactNode, Ref } from "react";
import { type ButtonProps as AriaButtonProps, Button as AriaButton } from "react-aria-components/Button";

interface IconButtonProps extends Omit<AriaButtonProps, "className" | "style" | "children" | "aria-label"> {
  /** Its name; an icon alone says nothing to a screen reader. */
  label: string;
  className?: string;
  children: ReactNode;
  ref?: Ref<HTMLButtonElement>;
}

/** A square button of 28 px around one icon. */
export function IconButton({ label, className, children, ...rest }: IconButtonProps) {
  return (
    <AriaButton
      {...rest}
      aria-label={label}
      className={clsx(
        "inline-grid size-7 shrink-0 cursor-pointer place-items-center rounded-(--r-control) text-ink-2 hover:bg-bg-hover hover:text-ink",
        "data-disabled:cursor-default data-disabled:text-ink-3 max-sm:size-9",
        className,
      )}
    >
      {children}
    </AriaButton>
  );
}
