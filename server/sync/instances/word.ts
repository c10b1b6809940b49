import type { Day } from "@/lib/contract/day";

/**
 * What instances tell each other. A word is a nudge, never the news itself: whoever hears it looks in the database, so one
 * that gets lost costs a moment and no truth.
 */
export type What =
  /** A task began, ended or moved on. */
  | "task"
  /** Days of the running task have outcomes. */
  | "days"
  /** A task came to the queue or left it, or changed its place. */
  | "queue"
  /** The lease is free. */
  | "released"
  /** The running task was told to pause or to cancel. */
  | "command"
  /** The ledger was corrected without a task. */
  | "coverage"
  /** A schedule was changed or has fired. */
  | "schedule"
  /** An instance came or went. */
  | "instances";

export interface Word {
  /** Id of the instance that speaks; it does not listen to itself. */
  from: string;
  what: What;
  task_id?: string;
  /** Of `coverage`: first and last day. */
  range?: [Day, Day];
}
