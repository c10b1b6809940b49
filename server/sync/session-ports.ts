import type { Day } from "@/lib/contract/day";
import type { DayWarningCode, Fact, TaskErrorCode } from "@/lib/contract/problem";
import type { DayDiff, DayError, DayReason, RejectedRow } from "@/lib/contract/task";
import type { SystemPause } from "./errors";
import type { Ledger } from "./plan/ledger";
import type { WrittenItem } from "./plan/plan";
import type { SourceIdentity } from "./source-ports";
import type { StageStore } from "./stage-ports";
import type { LiveState, Prediction, TaskCounts, TaskRecord } from "./task/task-record";

/** The rows of a day, sorted by code and encoded for COPY, with the checksum of that text. */
export interface EncodedDay {
  body: Uint8Array;
  rows: number;
  checksum: string;
}

/** What became of a day, as the history keeps it. */
export interface DayOutcome {
  date: Day;
  status: "success" | "failed" | "skipped";
  reason: DayReason | null;
  rows: number | null;
  rejected: number;
  suspect: boolean;
  warnings: Fact<DayWarningCode>[];
  attempts: number;
  error: DayError | null;
  duration_ms: number | null;
  source: string | null;
  diff: DayDiff | null;
  /** The first of the rows that were left out. */
  rejected_sample?: readonly RejectedRow[];
}

/** A day to be stored: rows, ledger entry and outcome commit together, with the skipped days that stand before it. */
export interface DayWrite {
  outcome: DayOutcome;
  encoded: EncodedDay;
  state: "complete" | "suspect";
  confirmed: boolean;
  /** Rows that the source itself said the day must have; null = it did not say. */
  expected: number | null;
  startedMs: number;
  /** Time spent on the day so far: asked when the outcome is written, so that the store counts too. */
  durationMs(): number;
  skipsBefore: Day[];
}

/** A day of a written plan with its outcome so far. */
export interface PlannedDay extends WrittenItem {
  outcome: DayOutcome | null;
}

/** A change of judgement at the end of a task. */
export interface Rejudged {
  date: Day;
  state: "complete" | "suspect";
  warning: Fact<DayWarningCode> | null;
}

/** What people want of a running task by now. */
export type Wish = "run" | "pause" | "cancel";

/** The wish with the name of who asked last, null where nobody gave one. */
export interface Wished {
  wish: Wish;
  by: string | null;
}

/** How a run ends. */
export interface RunEnd {
  status: "completed" | "failed" | "cancelled" | "paused";
  error: Fact<TaskErrorCode> | null;
  rejudged: Rejudged[];
  /**
   * Of a pause by the system: why, until when, and which in a row it is. `heardFrom` = the source that said so in this run,
   * which is kept for the tasks to come; null where it was known before, or no source is the reason. A person's pause has none.
   */
  pause?: SystemPause & { turn: number; heardFrom: SourceIdentity | null };
  /** False while the server stops: what waits is left to others. */
  handOver: boolean;
}

/** The task as it ended, and the one that this instance runs next, claimed in the same transaction. */
export interface Finished {
  task: TaskRecord;
  next: TaskRecord | null;
}

/** The connections of one run, marked with its epoch so that a thief can end them. */
export interface WorkSession {
  /**
   * Rejects with DayFailure (refused), DatabaseAwayError (try again), DiskFullError (pause) or LeaseLostError (stop); an abort
   * cuts the connection.
   */
  storeDay(taskId: string, write: DayWrite, signal: AbortSignal): Promise<void>;
  /**
   * Records a failed or skipped day without touching the table; one that the source called closed is remembered. Rejects like
   * `storeDay`, but with DatabaseBusyError where only a lock is in the way.
   */
  recordOutcome(taskId: string, outcome: DayOutcome, skipsBefore: Day[]): Promise<void>;
  /** What the rows of a source would change in the table; nothing is stored. Rejects like `storeDay`. */
  compareDay(day: Day, encoded: EncodedDay, signal: AbortSignal): Promise<DayDiff>;
  /** Records a day of a verify: neither table nor ledger changes. `checksum` is that of the rows compared. Rejects likewise. */
  recordComparison(taskId: string, outcome: DayOutcome, checksum: string | null, skipsBefore: Day[]): Promise<void>;
  savePlan(taskId: string, plan: WrittenItem[], predicted: Prediction): Promise<void>;
  loadPlan(taskId: string): Promise<PlannedDay[]>;
  loadLedger(): Promise<Ledger>;
  /** Days that the source called closed, though the calendar has them open. */
  loadClosedDays(source: string): Promise<Set<Day>>;
  /** Why the source gives nothing before a time to come, whoever heard it; null = it is open. */
  closedSource(source: SourceIdentity): Promise<SystemPause | null>;
  /** True where the table holds a day that is not from the sample market. */
  holdsRealRows(): Promise<boolean>;
  /** What a source that is cheap by range collected for the task. */
  stage(taskId: string): StageStore;
  /** Writes counts and live state and numbers the changed days as one delta; returns the new seq and days_seq. */
  publish(taskId: string, counts: TaskCounts, live: LiveState, changed: Day[]): Promise<{ seq: number; days_seq: number }>;
  /** Last skips, new judgements, final counts and status, the release of the lease and the hand-over to what waits: one transaction. */
  finish(taskId: string, end: RunEnd): Promise<Finished>;
  wish(taskId: string): Promise<Wished>;
  /** Cuts every connection there is, whatever it waits for: the task is cancelled. Whoever asks again gets a new one. */
  cut(): void;
  /** Waits for running statements and closes; a connection that does not end is cut. */
  close(): Promise<void>;
  /** Cuts every connection at once: nothing more is written. */
  destroy(): void;
}
