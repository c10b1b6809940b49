import type { Day } from "@/lib/contract/day";
import { instantIn } from "@/lib/contract/instant";
import type { PlanAction } from "@/lib/contract/plan";
import type { DayError, RejectedRow, TaskDay, TaskSummary } from "@/lib/contract/task";
import type { WrittenItem } from "@/server/sync/plan/plan";

/** A day of a task with what was planned for it and what came of it. */
export interface ReceiptDay extends TaskDay {
  plan_action: PlanAction;
  plan_reason: WrittenItem["reason"];
  /** SHA-256 of the rows as they were stored (of a verify: as the source delivered them). */
  checksum: string | null;
  finished_ms: number | null;
  /** The first of the rows that were left out, each with its reason. */
  rejected_sample: RejectedRow[];
}

/** Everything of a receipt but its days, which come page by page: a receipt of 13,000 days is never in memory as a whole. */
export interface ReceiptOf {
  task: TaskSummary;
  /** Exactly these days were asked for; null = the whole range. */
  chosenDays: readonly Day[] | null;
  days: AsyncIterable<ReceiptDay[]>;
  zone: string;
  nowMs: number;
  sentence(error: DayError): string;
}

/** The shape of the JSON receipt; it grows when a reader must tell an older one from a newer one. */
const RECEIPT_VERSION = 1;

/** The receipt as JSON text, piece by piece: head, days one a line, then what can only be said at the end. */
export async function* receiptJson(receipt: ReceiptOf): AsyncGenerator<string> {
  const head = JSON.stringify(headOf(receipt), null, 2);
  yield `${head.slice(0, head.lastIndexOf("\n}"))},\n  "days": [`;
  const plan: Record<PlanAction, Record<string, number>> = { fetch: {}, skip: {} };
  const causes = createCauses(receipt.sentence);
  let separator = "\n    ";
  for await (const page of receipt.days) {
    let text = "";
    for (const day of page) {
      const { plan_action, plan_reason, finished_ms, ...outcome } = day;
      plan[plan_action][plan_reason] = (plan[plan_action][plan_reason] ?? 0) + 1;
      causes.add(day);
      const finished_at = finished_ms === null ? null : instantIn(receipt.zone, finished_ms);
      text += separator + JSON.stringify({ ...outcome, plan_action, plan_reason, finished_at });
      separator = ",\n    ";
    }
    yield text;
  }
  yield `\n  ],\n  "plan": ${JSON.stringify(plan)},\n  "errors": ${JSON.stringify(causes.all())}\n}\n`;
}

function headOf({ task, chosenDays, zone, nowMs }: ReceiptOf) {
  const { predicted, duration_seconds, success, failed, skipped, suspect, rows, total, fetch_days } = task;
  return {
    receipt_version: RECEIPT_VERSION,
    written_at: instantIn(zone, nowMs),
    task: {
      task_id: task.task_id,
      task_type: task.task_type,
      status: task.status,
      start_date: task.start_date,
      end_date: task.end_date,
      source: task.source,
      started_by: task.started_by,
      created_at: task.created_at,
      start_time: task.start_time,
      end_time: task.end_time,
      holder: task.holder,
      takeovers: task.takeovers,
      priority: task.priority,
      error: task.error,
    },
    options: { ...task.options, days: chosenDays },
    counts: { total, fetch_days, success, failed, skipped, suspect, rows },
    predicted,
    actual: { seconds: duration_seconds, fetched_days: success + failed, rows },
    activity: task.activity,
  };
}

interface Cause {
  code: DayError["code"];
  params: DayError["params"];
  message: string;
  days: Day[];
}

/** Failed days by cause: the code and, where one code has several, its kind or rule. The first day's words stand for all. */
function createCauses(sentence: (error: DayError) => string) {
  const causes = new Map<string, Cause>();
  return {
    add({ date, error }: ReceiptDay): void {
      if (!error) return;
      const { code, params } = error;
      const key = [code, params["kind"], params["rule"]].join(" ");
      const held = causes.get(key);
      if (held) held.days.push(date);
      else causes.set(key, { code, params, message: sentence(error), days: [date] });
    },
    all: () => [...causes.values()].sort((a, b) => b.days.length - a.days.length),
  };
}
