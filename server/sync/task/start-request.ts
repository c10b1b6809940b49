import { countDays, type Day } from "@/lib/contract/day";
import type { TaskType } from "@/lib/contract/task";
import type { NewTask, TaskOptions, TaskRecord } from "./task-record";

/** What a start asks for: a range, or exactly these days (`days`, sorted). */
export interface StartRequest {
  task_type: TaskType;
  start_date: Day;
  end_date: Day;
  days?: Day[];
  force: boolean;
  accept_incomplete: boolean;
  order: "asc" | "desc";
  started_by: string | null;
  /** 0–9, 9 runs first. */
  priority: number;
  if_busy: "reject" | "queue";
  idempotency: NewTask["idempotency"];
}

export type StartResult =
  | { kind: "started"; task: TaskRecord }
  | { kind: "queued"; task: TaskRecord }
  /** The same request under the same key came before: this is its task, and whether it was queued then. */
  | { kind: "replayed"; task: TaskRecord; wasQueued: boolean }
  /** Expected refusals are values: the task that runs, or the sample market in front of real rows. */
  | { kind: "busy"; task: TaskRecord }
  | { kind: "sample_into_existing" }
  | { kind: "queue_full" }
  | { kind: "being_tested" }
  | { kind: "key_reused" }
  | { kind: "stopping" };

/** The task that a start asks for, as the store takes it. */
export function newTaskOf(request: StartRequest, source: string, fingerprint: string): NewTask {
  const options: TaskOptions = { force: request.force, accept_incomplete: request.accept_incomplete, order: request.order };
  if (request.days) options.days = request.days;
  return {
    task_type: request.task_type,
    start_date: request.start_date,
    end_date: request.end_date,
    total_days: request.days?.length ?? countDays(request.start_date, request.end_date),
    options,
    source,
    fingerprint,
    started_by: request.started_by,
    priority: request.priority,
    mayWait: request.if_busy === "queue",
    idempotency: request.idempotency,
  };
}
