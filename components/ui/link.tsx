"use client";

import clsx from "clsx";
import type { ReactNode } from "react";
import { type LinkProps as AriaLinkProps, Link as AriaLink } from "react-aria-components/Link";
import { type ButtonLook, type ButtonSize, buttonStyle } from "./button-style";

interface LinkProps extends Omit<AriaLinkProps, "className" | "style" | "children"> {
  className?: string;
  children?: ReactNode;
}

/** An underlined link in running text. Navigates on the client (the shell provides the router). */
export function TextLink({ className, children, ...rest }: LinkProps) {
  return (
    <AriaLink
      {...rest}
      className={clsx("cursor-pointer underline decoration-line-control underline-offset-3 hover:decoration-current", className)}
    >
      {children}
    </AriaLink>
  );
}

/** A link that looks like a button. */
export function ButtonLink({
  look = "secondary",
  size = "md",
  className,
  children,
  ...rest
}: LinkProps & { look?: ButtonLook; size?: ButtonSize }) {
  return (
    <AriaLink {...rest} className={clsx(buttonStyle(look, size), className)}>
      {children}
    </AriaLink>
  );
}
