import type { ScheduleFire } from "@/lib/contract/schedule";
import type { Progress, TaskStatus } from "@/lib/contract/task";
import { isFinal } from "@/lib/contract/task-rules";
import type { DayLook } from "@/components/day/look";

/** What there is to see of a fire or of a day on which none is known. */
export type FireLook =
  | "due"
  | "complete"
  | "partly"
  | "failed"
  | "running"
  | "waiting"
  | "paused"
  | "cancelled"
  | "started"
  | "closed_day"
  | "nothing_missing"
  | "skipped_busy"
  | "missed"
  | "off"
  | "none";

/** The day's state that a look borrows its colour and pattern from; the others are drawn in ink. */
export const DAY_LOOK_OF: Partial<Record<FireLook, DayLook>> = {
  due: "queued",
  complete: "complete",
  partly: "suspect",
  failed: "failed",
  running: "running",
  waiting: "queued",
  closed_day: "no_trading",
  nothing_missing: "kept",
  skipped_busy: "skipped",
  missed: "missing",
};

const LOOK_OF_STATUS: Record<TaskStatus, FireLook> = {
  queued: "waiting",
  running: "running",
  pausing: "running",
  paused: "paused",
  cancelling: "running",
  cancelled: "cancelled",
  interrupted: "waiting",
  completed: "complete",
  failed: "failed",
};

type Task = Pick<Progress, "status" | "success" | "failed">;

/** What became of a fire: its task tells where it is known, else the outcome of the fire alone. */
export function lookOfFire(fire: Pick<ScheduleFire, "outcome">, task: Task | null): FireLook {
  if (fire.outcome !== "started" && fire.outcome !== "queued") return fire.outcome;
  if (!task) return "started";
  if (isFinal(task.status) && task.status !== "cancelled" && task.failed > 0) return task.success > 0 ? "partly" : "failed";
  return LOOK_OF_STATUS[task.status];
}
