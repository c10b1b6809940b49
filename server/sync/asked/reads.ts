import type { Day } from "@/lib/contract/day";
import type { DayRows } from "@/lib/contract/day-rows";
import type { DayWarningCode, Fact } from "@/lib/contract/problem";
import type { DayError, DayStatus, RejectedRows, TaskDay, TaskStatus, TaskType } from "@/lib/contract/task";
import type { LedgerDay } from "@/server/sync/plan/ledger";
import type { Rival } from "@/server/sync/instances/membership";
import type { TaskReader } from "@/server/sync/ports";
import type { ReceiptDay } from "./receipt";
import type { NewTask, RecordedActivity, TaskRecord } from "@/server/sync/task/task-record";

/** Filters of the history. `from` and `to` select tasks created on these exchange days. */
export interface TaskFilter {
  status: TaskStatus | null;
  failedDays: boolean;
  type: TaskType | null;
  from: Day | null;
  to: Day | null;
  zone: string;
  cursor: number | null;
  limit: number;
}

/** One page of the history; `total` counts what matches over all pages, up to a bound (`total_is_capped` = there are more). */
export interface TaskList {
  tasks: TaskRecord[];
  next: string | null;
  total: number;
  total_is_capped: boolean;
}

/** A day of the ledger with its times, for the records of the original tool. */
export interface LedgerEntry extends LedgerDay {
  rejected: number;
  started_ms: number;
  finished_ms: number;
  last_error: DayError | null;
  warnings: Fact<DayWarningCode>[];
}

export interface InstanceSeen {
  id: string;
  name: string;
  holder: boolean;
  renewed_ms_ago: number | null;
}

/** This process, as the others see it. */
export interface Instance {
  id: string;
  name: string;
  address: string;
  version: string;
  fingerprint: string;
}

export interface Snapshot {
  current: TaskRecord | null;
  last: TaskRecord | null;
  /** Waiting tasks in the order in which they run: the first twenty, and how many there are. */
  queue: { tasks: TaskRecord[]; count: number };
  /** Paused tasks, the newest first, counted alike. */
  paused: { tasks: TaskRecord[]; count: number };
  instances: InstanceSeen[];
  /** Pages that watch the other instances. */
  watchingElsewhere: number;
  /** Of the lease: grows whenever it is taken or given back; null = there is none yet. */
  epoch: number | null;
  /** Until the lease runs out unless it is renewed, negative once it has; null = nobody holds it. */
  leaseLeftMs: number | null;
  /** Living instances of another configuration: this one stays out until they are gone. */
  rivals: Rival[];
}

/** What came of a start under its key: `isSame` = the request was this one. */
export interface KeptStart {
  task: TaskRecord;
  isSame: boolean;
  wasQueued: boolean;
}

/** Days that tasks still have to bring; `running` is the one that is being brought, and one of `queued`. */
export interface DaysUnderWay {
  running: Day | null;
  queued: ReadonlySet<Day>;
}

/** A sync in the queue that has no plan yet: its range, or the days that were chosen for it. */
export interface WaitingTask {
  from: Day;
  to: Day;
  days: Day[] | null;
  force: boolean;
}

/** The days of the running or interrupted task, and what waits behind it; a verify brings nothing. */
export interface WorkUnderWay extends DaysUnderWay {
  waiting: {
    /** Days that resumed tasks have left in their plans. */
    planned: Day[];
    tasks: WaitingTask[];
  };
}

/** Questions of the pages and the scripts. Every answer is one or two statements and bounded. */
export interface Reads extends TaskReader {
  tasks(filter: TaskFilter): Promise<TaskList>;
  /** Days of a task in the order of the calendar; null = no such task. */
  taskDays(
    taskId: string,
    page: { status: DayStatus | null; after: Day | null; limit: number },
  ): Promise<{ days_seq: number; days: TaskDay[]; next: Day | null } | null>;
  /** Rows of a day that were left out, the first of them with their reasons; null = no such day in such a task. */
  rejectedRows(taskId: string, day: Day): Promise<RejectedRows | null>;
  /** What the table holds of a day: the first rows whose code begins with `code`, and how many there are. */
  dayRows(day: Day, code: string, limit: number): Promise<DayRows>;
  /** Days of a task with plan and checksum, at most `limit` after `after`, in the order of the calendar. */
  receiptDays(taskId: string, after: Day | null, limit: number): Promise<ReceiptDay[]>;
  /** The days that changed after `daysSeq`, delta by delta. */
  daysSince(taskId: string, daysSeq: number): Promise<{ days_seq: number; days: TaskDay[] }[]>;
  workUnderWay(): Promise<WorkUnderWay>;
  activeTask(): Promise<TaskRecord | null>;
  /** Who did what to a task, oldest first. */
  activity(taskId: string): Promise<RecordedActivity[]>;
  /** Days of a task that failed, that have no successful outcome yet, or that a verify found changed; skips never count. */
  daysToRetry(taskId: string, only: "failed" | "unfinished" | "changed"): Promise<Day[]>;
  /** The task that an Idempotency-Key stands for within its 24 hours; null = nothing was started under it. */
  taskOfKey(idempotency: NonNullable<NewTask["idempotency"]>): Promise<KeptStart | null>;
  ledgerEntries(from: Day, to: Day): Promise<LedgerEntry[]>;
  firstKnownDay(): Promise<Day | null>;
  /** Says that this instance is alive and reads the whole state. */
  snapshot(instance: Instance, watching: number): Promise<Snapshot>;
  serverVersion(): Promise<string>;
}
