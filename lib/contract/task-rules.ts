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

/** What a person may ask of a task. */
export type TaskCommand = "cancel" | "pause" | "resume";

/**
 * What becomes of a task of each status when it is told to: the status it goes to at once, `same` where it is already on
 * its way there, or null where that cannot be.
 */
const COMMANDS: Record<TaskCommand, Record<TaskStatus, TaskStatus | "same" | null>> = {
  cancel: {
    queued: "cancelled",
    running: "cancelling",
    pausing: "cancelling",
    paused: "cancelled",
    cancelling: "same",
    interrupted: "cancelled",
    cancelled: null,
    completed: null,
    failed: null,
  },
  pause: {
    queued: null,
    running: "pausing",
    pausing: "same",
    paused: null,
    cancelling: null,
    interrupted: null,
    cancelled: null,
    completed: null,
    failed: null,
  },
  resume: {
    queued: null,
    running: null,
    pausing: null,
    paused: "queued",
    cancelling: null,
    interrupted: null,
    cancelled: null,
    completed: null,
    failed: null,
  },
};

/** Where the command takes a task of this status; null = it cannot be asked for. */
export function afterCommand(command: TaskCommand, status: TaskStatus): TaskStatus | "same" | null {
  return COMMANDS[command][status];
}

/** True where a button for the command makes sense: it would change something. */
export function canDo(command: TaskCommand, status: TaskStatus): boolean {
  const after = COMMANDS[command][status];
  return after !== null && after !== "same";
}

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

/** All days of a task at work are done; they are compared with each other once more. */
export function isAtItsEnd({ current, total }: Pick<Progress, "current" | "total">): boolean {
  return total > 0 && current >= total;
}
