import type { CalendarId } from "@/lib/contract/calendar";
import type { Day } from "@/lib/contract/day";
import type { TaskDay } from "@/lib/contract/task";
import type { SystemPause } from "./errors";
import type { KnownDays, Ledger } from "./plan/ledger";
import type { SourceIdentity } from "./source-ports";
import type { FinishedRun, TaskRecord } from "./task/task-record";

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
