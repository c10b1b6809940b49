"use client";

import clsx from "clsx";
import { type SwitchProps as AriaSwitchProps, Switch as AriaSwitch } from "react-aria-components/Switch";

interface SwitchProps extends Omit<AriaSwitchProps, "className" | "style" | "children" | "aria-label"> {
  /** What it switches; it has no text of its own. */
  label: string;
  className?: string;
}

/** Something that is on or off at once, without saving. */
export function Switch({ label, className, ...rest }: SwitchProps) {
  return (
    <AriaSwitch {...rest} aria-label={label} className={clsx("group inline-flex min-h-6 cursor-pointer items-center", className)}>
      {({ isSelected }) => (
        <span
          aria-hidden
          className={clsx(
            "flex h-[18px] w-8 items-center rounded-full border p-[2px] transition-colors duration-(--fast) ease-(--ease)",
            "group-data-focus-visible:outline-2 group-data-focus-visible:outline-offset-2 group-data-focus-visible:outline-focus",
            isSelected ? "border-action bg-action" : "border-line-control bg-bg-sunken",
          )}
        >
          <span
            className={clsx(
              "size-3 rounded-full transition-transform duration-(--fast) ease-(--ease) motion-reduce:transition-none",
              isSelected ? "translate-x-3.5 bg-on-action" : "bg-ink-3",
            )}
          />
        </span>
      )}
    </AriaSwitch>
  );
}
