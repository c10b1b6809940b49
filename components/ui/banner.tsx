import clsx from "clsx";
import type { ReactNode } from "react";

export type BannerTone = "plain" | "warn" | "bad";

const ICON: Record<BannerTone, string> = { plain: "text-ink-2", warn: "text-st-suspect", bad: "text-st-failed" };

interface BannerProps {
  tone?: BannerTone;
  icon: ReactNode;
  /** What happened, in a few bold words. */
  title: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
}

/** A line across the page for what holds for all of it. Bad news is read out at once, the rest when there is time. */
export function Banner({ tone = "plain", icon, title, children, action }: BannerProps) {
  return (
    <div
      role={tone === "bad" ? "alert" : "status"}
      className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line bg-bg-sunken px-6 py-2.5 max-sm:px-4"
    >
      <span aria-hidden className={clsx("max-sm:self-start max-sm:pt-0.5", ICON[tone])}>
        {icon}
      </span>
      <span className="min-w-0 flex-[1_1_200px]">
        <b className="font-semibold">{title}</b>
        {children ? <span>&ensp;{children}</span> : null}
      </span>
      {action}
    </div>
  );
}
