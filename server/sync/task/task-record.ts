import type { Day } from "@/lib/contract/day";
import type { DayError, PauseReason, SystemPauseReason, TaskAction, TaskStatus, TaskType, WaitCode } from "@/lib/contract/task";
import type { Fact, TaskErrorCode } from "@/lib/contract/problem";

/** What the starter asked for; `days` = exactly these days instead of the whole range. */
export interface TaskOptions {
  force: boolean;
  accept_incomplete: boolean;
  order: "asc" | "desc";
  days?: Day[];
}

/** What the plan promised before the first day ran. */
export interface Prediction {
  seconds: [number, number] | null;
  fetch_days: number;
  rows: number | null;
}

/** The part of a running task that is only of interest while it runs. */
export interface LiveState {
  current_date: Day | null;
  phase: "fetching" | "storing" | "waiting" | null;
  /** Of the day under way: its rows, or the symbols that are asked for one by one for many days at once. */
  fetched: { done: number; of: number; unit: "rows" | "symbols" } | null;
  /** Seconds left, low and high; null before there is enough to go by. */
  eta: [number, number] | null;
  wait: Wait | null;
}

/** What a task waits for, and until when. */
export interface Wait {
  code: WaitCode;
  until_ms: number;
}

export interface RecordedError extends DayError {
  date: Day;
  time_ms: number;
}

/** A line of the audit log. */
export interface RecordedActivity {
  action: TaskAction;
  by: string | null;
  at_ms: number;
  reason: SystemPauseReason | null;
}

/** Counts of a task; `current` = success + failed + skipped. */
export interface TaskCounts {
  success: number;
  failed: number;
  skipped: number;
  suspect: number;
  rows: number;
}

/** A task as the domain and the database know it: Unix milliseconds for instants, no language, no zone. */
export interface TaskRecord extends TaskCounts {
  task_id: string;
  task_type: TaskType;
  status: TaskStatus;
  start_date: Day;
  end_date: Day;
  total_days: number;
  options: TaskOptions;
  source: string;
  started_by: string | null;
  created_ms: number;
  started_ms: number | null;
  finished_ms: number | null;
  epoch: number | null;
  holder: string | null;
  takeovers: number;
  predicted: Prediction | null;
  total: number;
  fetch_days: number;
  seq: number;
  days_seq: number;
  live: LiveState | null;
  error: Fact<TaskErrorCode> | null;
  priority: number;
  paused_by: string | null;
  pause_reason: PauseReason | null;
  /** What the source said when the system paused the task. */
  pause_detail: string | null;
  /** Pauses by the system in a row, without a finished day between them. */
  pauses: number;
  cancelled_by: string | null;
  resume_ms: number | null;
  /** The last ten, newest first. */
  errors: RecordedError[];
}

/** How many errors a progress object carries. */
export const MAX_PROGRESS_ERRORS = 10;

/** A task about to be claimed; the store gives it its id and its epoch. */
export interface NewTask {
  task_type: TaskType;
  start_date: Day;
  end_date: Day;
  total_days: number;
  options: TaskOptions;
  source: string;
  fingerprint: string;
  started_by: string | null;
  priority: number;
  /** Wait in the queue instead of being refused. */
  mayWait: boolean;
  /** The same key within 24 hours is the same request; `requestHash` tells whether it really is. */
  idempotency: { key: string; requestHash: string } | null;
}

/** What a finished task took. */
export interface FinishedRun {
  seconds: number;
  /** Days it fetched. */
  days: number;
  /** Rows of a day on average. */
  rowsPerDay: number;
}
