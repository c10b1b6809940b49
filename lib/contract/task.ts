import type { Day } from "./day";
import type { Instant } from "./instant";
import type { DayErrorCode, DayWarningCode, Fact, TaskErrorCode } from "./problem";

export const TASK_TYPES = ["web_batch", "scheduler_daily", "scheduler_missing", "verify"] as const;
export type TaskType = (typeof TASK_TYPES)[number];

export const TASK_STATUSES = [
  "queued",
  "running",
  "pausing",
  "paused",
  "cancelling",
  "cancelled",
  "interrupted",
  "completed",
  "failed",
] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

export const DAY_STATUSES = ["pending", "syncing", "success", "failed", "skipped"] as const;
export type DayStatus = (typeof DAY_STATUSES)[number];

/** Why a day was skipped, failed or stored with doubt. */
export type DayReason =
  | "weekend"
  | "holiday"
  | "already_synced"
  | "not_published"
  | "few_rows"
  /** Of a verify: the source has other rows by now · the table holds nothing to compare with. */
  | "changed"
  | "not_loaded"
  | DayErrorCode;

/** A failure of a day: the page renders `code` + `params` in its own language. */
export interface DayError {
  code: DayErrorCode;
  params: Fact["params"];
}

/** Where one security of a day differs; `fields` names the values of a changed row and is empty for the others. */
export interface DiffExample {
  code: string;
  change: "added" | "changed" | "vanished";
  fields: { field: string; held: string | null; source: string | null }[];
}

/** What a verify found: rows that only the source has, that differ, that only the table has; up to five examples. */
export interface DayDiff {
  added: number;
  changed: number;
  vanished: number;
  /** Rows the table held when it was compared. */
  held: number;
  examples: DiffExample[];
}

/** Why a task is paused: a person asked, or the server found that nothing can be done before a time it knows. */
export const PAUSE_REASONS = ["person", "quota", "banned", "rate_limited", "disk_full"] as const;
export type PauseReason = (typeof PAUSE_REASONS)[number];
/** Pauses that go on by themselves. */
export type SystemPauseReason = Exclude<PauseReason, "person">;

/** Why a task waits: the source limits the rate · a try failed, the next one comes · the day is not published yet. */
export const WAIT_CODES = ["rate_limited", "retrying", "not_published"] as const;
export type WaitCode = (typeof WAIT_CODES)[number];

/** A row that was left out: its place among the delivered rows (from 1), and the value that cannot be used. */
export interface RejectedRow {
  row: number;
  code: string | null;
  field: string;
  value: string | null;
  problem: "missing" | "other_day" | "not_a_date" | "not_a_number" | "too_few_digits" | "code_is_number";
  /** With the last two: how many digits the codes of the exchange have. */
  digits?: number;
}

/** What became of one day in one task. */
export interface TaskDay {
  date: Day;
  status: DayStatus;
  reason: DayReason | null;
  rows: number | null;
  rejected: number;
  suspect: boolean;
  warnings: Fact<DayWarningCode>[];
  duration_ms: number | null;
  attempts: number;
  error: DayError | null;
  source: string | null;
  /** Only a verify compares; null = not compared. */
  diff: DayDiff | null;
}

/** One of the last errors of a task; `error` is the rendered sentence in REST and null in events. */
export interface ProgressError extends DayError {
  date: Day;
  error: string | null;
  time: Instant;
}

/** The progress object of the contract: the same in REST and in events, where `message` and `errors[].error` are null. */
export interface Progress {
  task_id: string;
  task_type: TaskType;
  status: TaskStatus;
  start_date: Day;
  end_date: Day;
  /** Days of the plan, and how many of them have an outcome (skips count). `current` never falls. */
  total: number;
  current: number;
  success: number;
  failed: number;
  skipped: number;
  /** Stored days among `success` that look too small. */
  suspect: number;
  /** Days the plan fetches (0 until the plan is written). */
  fetch_days: number;
  rows: number;
  current_date: Day | null;
  phase: "fetching" | "storing" | "waiting" | null;
  /** Of the day under way: its rows, or the symbols that are asked for one by one for many days at once. */
  fetched: { done: number; of: number; unit: "rows" | "symbols" } | null;
  message: string | null;
  progress_percent: number;
  start_time: Instant | null;
  end_time: Instant | null;
  duration_seconds: number | null;
  estimated_completion: Instant | null;
  eta_range: [number, number] | null;
  wait: { code: WaitCode; until: Instant } | null;
  errors: ProgressError[];
  started_by: string | null;
  /** `resume_at`: when a pause by the system ends by itself; `detail`: what the source said, in its own words. */
  pause: { reason: PauseReason; by: string | null; resume_at: Instant | null; detail: string | null } | null;
  /** 0–9, 9 runs first. */
  priority: number;
  /** Grows with every change of this task; the newer of two states is the one with the larger number. */
  seq: number;
}

/** The running task as a refusal names it. */
export interface BusyTask {
  task_id: string;
  task_type: TaskType;
  start_time: Instant | null;
  start_date: Day;
  end_date: Day;
  /** Calendar days of the range. */
  total_days: number;
  started_by: string | null;
  progress: Progress;
}

/** What was done to a task, by whom and when. */
export const TASK_ACTIONS = [
  "started",
  "queued",
  "priority_changed",
  "paused",
  "resumed",
  "cancelled",
  "interrupted",
  "taken_over",
] as const;
export type TaskAction = (typeof TASK_ACTIONS)[number];

/** One line of the life of a task; `by` is null where the server itself acted or nobody gave a name. */
export interface TaskActivity {
  action: TaskAction;
  by: string | null;
  at: Instant;
  /** Of a pause by the system, and of its end. */
  reason: SystemPauseReason | null;
}

/** A task in the history. `predicted` is what the plan said before the first day ran. */
export interface TaskSummary extends Progress {
  created_at: Instant;
  predicted: { seconds: [number, number] | null; fetch_days: number; rows: number | null } | null;
  source: string;
  /** The instance that ran it last, and how often it was taken over after a crash. */
  holder: string | null;
  takeovers: number;
  options: { force: boolean; accept_incomplete: boolean; order: "asc" | "desc" };
  /** Who cancelled it; null where nobody did or nobody gave a name. */
  cancelled_by: string | null;
  /** Who did what to it, oldest first. Empty in lists. */
  activity: TaskActivity[];
  /** Why the task itself could not go on (status `failed`). */
  error: Fact<TaskErrorCode> | null;
}

/** Reply of `GET /tasks`. `next` is the cursor of older tasks, null on the last page. */
export interface TaskPage {
  tasks: TaskSummary[];
  next: string | null;
  /** Tasks that match the filters, over all pages; counted no further than `total_is_capped` says. */
  total: number;
  /** True = there are more than `total`. */
  total_is_capped: boolean;
}

/** Reply of `GET /tasks/{id}/days`. */
export interface TaskDaysPage {
  task_id: string;
  days_seq: number;
  days: TaskDay[];
  next: Day | null;
}

/** Reply of `GET /tasks/{id}/days/{date}/rejected`: how many rows were left out, and the first of them. */
export interface RejectedRows {
  rejected: number;
  sample: RejectedRow[];
}
