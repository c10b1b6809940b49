import type { Progress, TaskStatus } from "./task";

/** Statuses after which nothing more happens to a task. */
const FINAL: Record<TaskStatus, boolean> = {
  queued: false,
  running: false,
  pausing: false,
  paused: false,
  cancelling: false,
  cancelled: true,
  interrupted: false,
  completed: true,
  failed: true,
};

/** Statuses in which a task keeps the others from starting; an interrupted one waits for its takeover. */
const BUSY: Record<TaskStatus, boolean> = {
  queued: false,
  running: true,
  pausing: true,
  paused: false,
  cancelling: true,
  cancelled: false,
  interrupted: true,
  completed: false,
  failed: false,
};

/** Nothing more will happen to a task of this status. */
export function isFinal(status: TaskStatus): boolean {
  return FINAL[status];
}

/** A start is refused while a task of this status exists. */
export function isBusy(status: TaskStatus): boolean {
  return BUSY[status];
}

/** Share of the days with an outcome, one decimal. 100 only for a finished task: the last commit may still fail. */
export function progressPercent(progress: Pick<Progress, "current" | "total" | "status">): number {
  if (progress.status === "completed") return 100;
  if (progress.total === 0) return 0;
  return Math.min(99.9, Math.round((progress.current / progress.total) * 1000) / 10);
}

/** The newer of two states of a task: a late packet never turns the page back. */
export function newerProgress(held: Progress | null, arrived: Progress | null): Progress | null {
  if (!held || !arrived || held.task_id !== arrived.task_id) return arrived;
  return arrived.seq >= held.seq ? arrived : held;
}
