import { Skeleton } from "@/components/ui/skeleton";
import type { Day } from "@/lib/contract/day";
import { gridSizeOf, weeksOf } from "./weeks";

/** Head and five rows, with the gaps between them. */
const HEIGHT = { cells: "h-[156px] sm:h-[161px]", wall: "h-[92px]" } as const;

/** The place of a task's grid while its days are read: as high as the grid will be, so that nothing below it jumps. */
export function DayGridWait({ from, to }: { from: Day; to: Day }) {
  const size = gridSizeOf(weeksOf([from, to]).length);
  return size === "none" ? null : <Skeleton className={HEIGHT[size]} />;
}
