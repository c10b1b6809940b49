import clsx from "clsx";
import { CirclePause, type LucideIcon, Minus, Play, Square } from "lucide-react";
import { DayIcon } from "@/components/day/icon";
import { DAY_LOOK_OF, type FireLook } from "./fire-look";

const INK: Partial<Record<FireLook, LucideIcon>> = {
  paused: CirclePause,
  cancelled: Square,
  started: Play,
  off: Minus,
  none: Minus,
};

/** The sign of a fire: that of a day's state where one fits, an ink icon otherwise. */
export function FireSign({ look, className }: { look: FireLook; className?: string }) {
  const dayLook = DAY_LOOK_OF[look];
  if (dayLook) return <DayIcon look={dayLook} {...(className ? { className } : {})} />;
  const Icon = INK[look] ?? Minus;
  return <Icon aria-hidden size={14} strokeWidth={2} className={clsx("shrink-0 text-ink-2", className)} />;
}
