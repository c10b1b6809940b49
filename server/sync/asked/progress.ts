import { type Instant, instantIn } from "@/lib/contract/instant";
import type { BusyTask, Progress, TaskSummary } from "@/lib/contract/task";
import { isFinal, progressPercent } from "@/lib/contract/task-rules";
import type { RecordedActivity, TaskRecord } from "@/server/sync/task/task-record";

/** The progress object of the contract, without sentences (`message` and `errors[].error` are null). */
export function toProgress(task: TaskRecord, zone: string, nowMs: number): Progress {
  const at = (ms: number | null): Instant | null => (ms === null ? null : instantIn(zone, ms));
  const current = task.success + task.failed + task.skipped;
  const live = isFinal(task.status) ? null : task.live;
  const eta = task.status === "running" ? (live?.eta ?? null) : null;
  const endMs = task.finished_ms ?? nowMs;
  return {
    task_id: task.task_id,
    task_type: task.task_type,
    status: task.status,
    start_date: task.start_date,
    end_date: task.end_date,
    total: task.total || task.total_days,
    current,
    success: task.success,
    failed: task.failed,
    skipped: task.skipped,
    suspect: task.suspect,
    fetch_days: task.fetch_days,
    rows: task.rows,
    current_date: live?.current_date ?? null,
    phase: live?.phase ?? null,
    fetched: live?.fetched ?? null,
    message: null,
    progress_percent: progressPercent({ current, total: task.total, status: task.status }),
    start_time: at(task.started_ms),
    end_time: at(task.finished_ms),
    duration_seconds: task.started_ms === null ? null : Math.max(0, Math.floor((endMs - task.started_ms) / 1000)),
    estimated_completion: eta ? instantIn(zone, nowMs + ((eta[0] + eta[1]) / 2) * 1000) : null,
    eta_range: eta,
    wait: live?.wait ? { code: live.wait.code, until: instantIn(zone, live.wait.until_ms) } : null,
    errors: task.errors.map(({ time_ms, ...error }) => ({ ...error, error: null, time: instantIn(zone, time_ms) })),
    started_by: task.started_by,
    pause:
      task.status === "paused" || task.status === "pausing"
        ? {
            reason: task.pause_reason ?? "person",
            by: task.paused_by,
            resume_at: at(task.resume_ms),
            detail: task.pause_detail,
          }
        : null,
    priority: task.priority,
    seq: task.seq,
  };
}

/** The running task as a refusal names it. */
export function toBusyTask(task: TaskRecord, zone: string, nowMs: number): BusyTask {
  const progress = toProgress(task, zone, nowMs);
  return {
    task_id: task.task_id,
    task_type: task.task_type,
    start_time: progress.start_time,
    start_date: task.start_date,
    end_date: task.end_date,
    total_days: task.total_days,
    started_by: task.started_by,
    progress,
  };
}

/** A task as the history shows it; `activity` only where one task is shown alone. */
export function toSummary(
  task: TaskRecord,
  zone: string,
  nowMs: number,
  activity: readonly RecordedActivity[] = [],
): TaskSummary {
  return {
    ...toProgress(task, zone, nowMs),
    created_at: instantIn(zone, task.created_ms),
    predicted: task.predicted,
    source: task.source,
    holder: task.holder,
    takeovers: task.takeovers,
    options: { force: task.options.force, accept_incomplete: task.options.accept_incomplete, order: task.options.order },
    cancelled_by: task.cancelled_by,
    activity: activity.map(({ at_ms, ...line }) => ({ ...line, at: instantIn(zone, at_ms) })),
    error: task.error,
  };
}
