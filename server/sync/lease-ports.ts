import type { Day } from "@/lib/contract/day";
import type { DayWarningCode, Fact } from "@/lib/contract/problem";
import type { AdoptedDay, Ledger } from "./plan/ledger";
import type { FireKey, FireOver } from "./schedule-ports";
import type { NewTask, TaskRecord } from "./task/task-record";

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
