import clsx from "clsx";
import {
  Check,
  CircleCheck,
  CircleDashed,
  Clock,
  LoaderCircle,
  type LucideIcon,
  Slash,
  SkipForward,
  TriangleAlert,
  X,
} from "lucide-react";
import type { DayLook } from "./look";

const ICON: Record<DayLook, LucideIcon> = {
  complete: Check,
  suspect: TriangleAlert,
  failed: X,
  running: LoaderCircle,
  queued: Clock,
  missing: CircleDashed,
  no_trading: Slash,
  kept: CircleCheck,
  skipped: SkipForward,
  not_due: Clock,
};

/** The signs of the quiet states fill their box more than the others; drawn smaller they weigh the same. */
const LOUD: Partial<Record<DayLook, string>> = { running: "day-spin", no_trading: "scale-[.65]", skipped: "scale-90" };

/** The sign of a state. Drawn in the state's colour; the word beside it never is. */
export function DayIcon({ look, size = 14, className }: { look: DayLook; size?: number; className?: string | undefined }) {
  const Icon = ICON[look];
  return (
    <Icon
      aria-hidden
      size={size}
      strokeWidth={size < 15 ? 2 : 1.75}
      data-look={look}
      className={clsx("shrink-0 text-(--c)", LOUD[look], className)}
    />
  );
}
