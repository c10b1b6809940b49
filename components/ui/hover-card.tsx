"use client";

import clsx from "clsx";
import type { ReactNode } from "react";
import { type TooltipProps, Tooltip, TooltipTrigger } from "react-aria-components/Tooltip";

interface HoverCardProps {
  /** Something that takes the focus: a `Button` or a `Link` of the kit. */
  children: ReactNode;
  content: ReactNode;
  placement?: TooltipProps["placement"];
  /** Milliseconds of hovering before it shows. */
  delay?: number;
  className?: string;
}

/** More about a thing on hover or focus: the pointer may move onto it, Escape closes it. Says nothing that is found nowhere else. */
export function HoverCard({ children, content, placement = "top", delay = 250, className }: HoverCardProps) {
  return (
    <TooltipTrigger delay={delay} closeDelay={120}>
      {children}
      <Tooltip
        offset={6}
        placement={placement ?? "top"}
        className={clsx(
          "z-50 max-w-[320px] rounded-lg bg-bg-raised p-3 text-ink shadow-(--shadow-pop) [font:var(--t-12)]",
          className,
        )}
      >
        {content}
      </Tooltip>
    </TooltipTrigger>
  );
}
