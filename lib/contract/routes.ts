import type { ConsoleInfo } from "./console";
import type { CoverageRun } from "./coverage";
import type { Day } from "./day";
import type { DayRows } from "./day-rows";
import type { Instant } from "./instant";
import type { ProblemCode } from "./problem";
import type { Preview } from "./plan";
import type { FirePage, Schedule } from "./schedule";
import type { SourceInfo, SourceTest } from "./source";
import type { Settings } from "./settings";
import type { BusyTask, Progress, RejectedRows, TaskDaysPage, TaskPage, TaskSummary } from "./task";

/** Every REST call lives below this path. */
export const API_BASE = "/api/v1/sync-status";

export interface Success<Data> {
  status: "success";
  data: Data;
}

export interface Failure {
  status: "error";
  code: ProblemCode;
  message: string;
  params: Record<string, string | number | null>;
  /** Only with `sync_already_running`. */
  current_task?: BusyTask;
  /** Only with `illegal_transition`: the task as it is. */
  progress?: Progress;
}

/** Reply of a start (202). `total_days` counts calendar days. */
export interface Started {
  task_id: string;
  total_days: number;
  message: string;
}

/** A day as the original tool reported it. */
export interface DayRecord {
  sync_date: Day;
  status: "pending" | "syncing" | "success" | "failed" | "skipped";
  total_records: number;
  success_count: number;
  failed_count: number;
  start_time: Instant | null;
  end_time: Instant | null;
  duration_seconds: number | null;
  error_message: string | null;
  remarks: string | null;
}

/** Reply shapes by route, for the typed client of the browser. */
export interface Replies {
  "GET /console": ConsoleInfo;
  "GET /settings": Settings;
  "GET /source": SourceInfo;
  "POST /source/test": SourceTest;
  "GET /coverage": CoverageRun[];
  "GET /days/:date/rows": DayRows;
  "GET /tasks": TaskPage;
  "GET /tasks/:id": TaskSummary;
  "GET /tasks/:id/days": TaskDaysPage;
  "GET /tasks/:id/days/:date/rejected": RejectedRows;
  "GET /sync/batch/active": { task_id: string; progress: Progress } | null;
  "POST /sync/batch": Started;
  "POST /sync/batch/preview": Preview;
  "POST /sync/pending": Started | null;
  "POST /sync/batch/:id/cancel": Progress;
  "POST /sync/batch/:id/pause": Progress;
  "POST /sync/batch/:id/resume": Progress;
  "POST /sync/batch/:id/retry": Started;
  "POST /verify": Started;
  "PATCH /queue/:id": Progress;
  "DELETE /queue/:id": Progress;
  "GET /schedules": Schedule[];
  "GET /schedules/fires": FirePage;
  "PUT /schedules/:id": Schedule;
  "POST /schedules/:id/run": Started | null;
}
