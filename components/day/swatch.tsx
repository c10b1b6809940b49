import clsx from "clsx";
import type { DayLook } from "./look";

/** Colour and pattern of a state, 12 px. `fill` makes it take the size of its cell (strip, wall). */
export function Swatch({ look, fill = false, className }: { look: DayLook; fill?: boolean; className?: string }) {
  return <i aria-hidden data-look={look} className={clsx("day-sw", fill && "day-fill", className)} />;
}
