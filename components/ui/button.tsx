"use client";

import clsx from "clsx";
import { LoaderCircle } from "lucide-react";
import type { ReactNode, Ref } from "react";
import { type ButtonProps as AriaButtonProps, Button as AriaButton } from "react-aria-components/Button";
import { type ButtonLook, type ButtonSize, buttonStyle } from "./button-style";

export interface ButtonProps extends Omit<AriaButtonProps, "className" | "style" | "children" | "isPending"> {
  look?: ButtonLook;
  size?: ButtonSize;
  /** An icon of 16 px (14 in `sm`); turns into a spinner while busy. */
  icon?: ReactNode;
  /** Sending: the label stays, focus stays, presses do nothing. */
  busy?: boolean;
  className?: string;
  children?: ReactNode;
  ref?: Ref<HTMLButtonElement>;
}

/** A button. At most one `primary` a view. */
export function Button({ look = "secondary", size = "md", icon, busy = false, className, children, ...rest }: ButtonProps) {
  const spinner = <LoaderCircle aria-hidden className="animate-spin motion-reduce:animate-none" size={size === "sm" ? 14 : 16} />;
  return (
    <AriaButton {...rest} isPending={busy} className={clsx(buttonStyle(look, size), className)}>
      {busy ? spinner : icon}
      <span>{children}</span>
    </AriaButton>
  );
}
