import type { CalendarId } from "@/lib/contract/calendar";
import type { Day } from "@/lib/contract/day";
import type { DayWarningCode, Fact, TaskErrorCode } from "@/lib/contract/problem";
import type { DayDiff, DayError, DayReason, RejectedRow, TaskDay } from "@/lib/contract/task";
import type { TaskCommand } from "@/lib/contract/task-rules";
import type { SystemPause } from "./errors";
import type { AdoptedDay, KnownDays, Ledger } from "./plan/ledger";
import type { WrittenItem } from "./plan/plan";
import type { FireKey, FireOver } from "./schedule-ports";
import type { SourceIdentity } from "./source-ports";
import type { StageStore } from "./stage-ports";
import type { FinishedRun, LiveState, NewTask, Prediction, TaskCounts, TaskRecord } from "./task/task-record";

/** Time as a parameter: the domain never reads the real clock. */
export interface Clock {
  /** Unix time in milliseconds, for what people read. */
  now(): number;
  /** Milliseconds that never jump, for durations and deadlines. */
  monotonic(): number;
  /** Resolves after `ms`, rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Resolves at once, but after all others that wait for their turn had it: long work stops for it now and then. */
  giveWay(): Promise<void>;
}

/** The trading days of one exchange. */
export interface TradingCalendar extends KnownDays {
  id: CalendarId;
  /** Digits of the codes of this exchange, where they consist of digits; null = its codes are words. */
  codeDigits: number | null;
}

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

export type Claim =
  | { kind: "claimed"; task: TaskRecord }
  | { kind: "queued"; task: TaskRecord }
  | { kind: "busy"; taskId: string }
  | { kind: "queue_full" }
  /** Nobody runs, but the source is being tested: over in a minute at most. */
  | { kind: "being_tested" }
  /** The Idempotency-Key was seen before: with the same request (here is what came of it), or with another one. */
  | { kind: "replayed"; task: TaskRecord; wasQueued: boolean }
  | { kind: "key_reused" };

/** What a command came to: done, not possible for a task of this status, or no such task. */
export type Commanded = { kind: "done"; task: TaskRecord } | { kind: "illegal"; task: TaskRecord } | { kind: "unknown" };

/** What people ask of tasks; it stands in the database at once, whoever runs the task. */
export interface TaskCommands {
  command(taskId: string, command: TaskCommand, by: string | null): Promise<Commanded>;
  /** Only tasks that wait in the queue. */
  reprioritise(taskId: string, priority: number, by: string | null): Promise<Commanded>;
  /** Only tasks that wait in the queue; it ends as cancelled. */
  dequeue(taskId: string, by: string | null): Promise<Commanded>;
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

/** The right to run. Every expiry is judged by the database's clock. */
export interface LeaseStore {
  /** Takes the lease and writes the task as running in one transaction, or names the task that is in the way. */
  claimNew(task: NewTask): Promise<Claim>;
  /** The same for a schedule: the fire is written in the same transaction, so that it comes to one task over all instances. */
  claimNew(task: NewTask, fire: FireKey | undefined): Promise<Claim | FireOver>;
  /**
   * Takes what runs next: a task whose holder is gone, then resumed ones and those whose pause by the system is over, then
   * the queue; null = nothing waits or somebody runs.
   */
  claimNext(): Promise<TaskRecord | null>;
  /** False = another epoch holds the lease. Rejects when the database does not answer within the deadline. */
  renew(epoch: number): Promise<boolean>;
  /** Takes the lease without a task while the source is tested: until it is given back no task begins, on any instance. */
  holdForTest(): Promise<{ kind: "held"; epoch: number } | Extract<Claim, { kind: "busy" | "being_tested" }>>;
  /** Ends such a hold. Rejects with LeaseLostError where the epoch is over. */
  giveBack(epoch: number): Promise<void>;
  /** Gives the lease back and leaves the task interrupted, to be gone on with by whoever comes first. */
  interrupt(taskId: string, epoch: number): Promise<void>;
  /**
   * Runs `work` while holding the lease without a task, in one transaction; null = a task has it, or was interrupted and has
   * to go on first. `atBoot`: interrupted tasks do not keep it away, only a holder whose lease has not run out.
   */
  forAMoment<T>(work: (session: MomentSession) => Promise<T>, options?: { atBoot: boolean }): Promise<T | null>;
}

/** What may be done while the lease is held for a moment. */
export interface MomentSession {
  ledger(): Promise<Ledger>;
  countRows(day: Day): Promise<number>;
  /** Writes what the table was found to hold; `rows` 0 = nothing is there, the entry goes. `warnings` null = as they were. */
  correct(
    day: Day,
    found: { rows: number; state: "complete" | "suspect"; source: string; warnings: Fact<DayWarningCode>[] | null },
  ): Promise<void>;
  /** Writes days that the table holds and nobody stored; a day that the ledger knows by now stays. Returns how many were new. */
  adopt(days: readonly AdoptedDay[]): Promise<number>;
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

/** Read-only questions of the domain outside a run. */
export interface TaskReader {
  task(taskId: string): Promise<TaskRecord | null>;
  ledger(): Promise<Ledger>;
  /** Days that the source called closed, though the calendar has them open. */
  closedDays(source: string): Promise<Set<Day>>;
  /** Why the source gives nothing before a time to come, whoever heard it; null = it is open. */
  closedSource(source: SourceIdentity): Promise<SystemPause | null>;
  /** The last finished syncs (or verifies) of a source that nobody and nothing held up, newest first, at most five. */
  recentRuns(source: string, kind: "sync" | "verify"): Promise<FinishedRun[]>;
  holdsRealRows(): Promise<boolean>;
}

/** Facts for the watchers. */
export interface SyncEvents {
  /** The running task changed, or stopped being the running task. */
  taskChanged(): void;
  /** A task came to the queue or left it, changed its place, or was told something, here by this instance. */
  queueChanged(): void;
  daysChanged(taskId: string, daysSeq: number, days: TaskDay[]): void;
  coverageChanged(from: Day, to: Day): void;
}

/** Tells people who are not watching what went wrong. Every call returns at once and never throws; work never waits for it. */
export interface Notifier {
  /** A task began or goes on here; worth a word only where it was taken over after a crash. */
  begun(task: TaskRecord): void;
  /** A task ended here, by its last words in the database. */
  ended(task: TaskRecord): void;
  /** Tasks that no instance runs any more: too many crashes, or another configuration. */
  givenUp(taskIds: string[]): void;
  /** Sends what waits, for a short while, and ends. */
  stop(): Promise<void>;
}

/** Structured log: one line per event, fields first. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
