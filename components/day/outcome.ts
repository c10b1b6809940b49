import type { Progress } from "@/lib/contract/task";
import { isFinal } from "@/lib/contract/task-rules";
import type { DayLook } from "./look";

/** A part of the bar by outcome; `none` = the days still to come. */
export interface Segment {
  look: DayLook | "none";
  days: number;
}

type Counts = Pick<Progress, "status" | "total" | "current" | "success" | "failed" | "skipped" | "suspect" | "current_date">;

/** The parts in the order of the bar: only the ends move while a task runs, so no part ever shrinks but `none`. */
export function segmentsOf(progress: Counts): Segment[] {
  const open = Math.max(0, progress.total - progress.success - progress.failed - progress.skipped);
  const atWork = !isFinal(progress.status) && progress.status !== "interrupted";
  const running = atWork && progress.current_date && open > 0 ? 1 : 0;
  return [
    { look: "complete", days: Math.max(0, progress.success - progress.suspect) },
    { look: "suspect", days: progress.suspect },
    { look: "failed", days: progress.failed },
    { look: "skipped", days: progress.skipped },
    { look: "running", days: running },
    { look: "none", days: open - running },
  ];
}

/** Where a part starts: `percent` of the bar plus `px`. Every part that has days is at least `minPx` wide. */
export interface Placed extends Segment {
  percent: number;
  px: number;
}

/** Places the parts. Parts without days stand where the next one starts and are painted over. */
export function placeSegments(segments: readonly Segment[], minPx: number): Placed[] {
  const total = segments.reduce((sum, segment) => sum + segment.days, 0);
  const parts = segments.filter((segment) => segment.days > 0).length;
  let daysBefore = 0;
  let partsBefore = 0;
  return segments.map((segment) => {
    const share = total === 0 ? 1 : daysBefore / total;
    const placed = { ...segment, percent: share * 100, px: total === 0 ? 0 : (partsBefore - share * parts) * minPx };
    daysBefore += segment.days;
    if (segment.days > 0) partsBefore += 1;
    return placed;
  });
}
