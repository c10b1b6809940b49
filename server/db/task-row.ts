import { MAX_PROGRESS_ERRORS, type TaskRecord } from "@/server/sync/task/task-record";

/** Unix milliseconds of a timestamptz column, as a number. */
export const msOf = (column: string) => `(extract(epoch FROM ${column}) * 1000)::float8`;

/** The select list that `toTaskRecord` reads; the table must be aliased `t`. */
export const TASK_COLUMNS = `
  t.task_id, t.task_type, t.status, t.start_date, t.end_date, t.total_days, t.options, t.source, t.started_by,
  ${msOf("t.created_at")} AS created_ms, ${msOf("t.started_at")} AS started_ms, ${msOf("t.finished_at")} AS finished_ms,
  t.epoch, t.holder, t.takeovers, t.predicted, t.total, t.success, t.failed, t.skipped, t.suspect, t.fetch_days, t.rows,
  t.seq, t.days_seq, t.live, t.error, t.priority, t.paused_by, t.pause_reason, t.pause_detail, t.pauses, t.cancelled_by, ${msOf("t.resume_at")} AS resume_ms,
  CASE WHEN t.failed = 0 THEN '[]'::json ELSE (
    SELECT coalesce(json_agg(json_build_object('date', e.date, 'code', e.error ->> 'code', 'params', e.error -> 'params',
                                               'time_ms', ${msOf("e.finished_at")}) ORDER BY e.finished_at DESC), '[]')
      FROM (SELECT date, error, finished_at FROM sync_task_day
             WHERE task_id = t.task_id AND status = 'failed' ORDER BY finished_at DESC LIMIT ${MAX_PROGRESS_ERRORS}) e
  ) END AS errors`;

/** A row of TASK_COLUMNS as pg delivers it: bigint as text. */
export type TaskRow = Omit<TaskRecord, "epoch" | "rows" | "seq" | "days_seq"> & {
  epoch: string | null;
  rows: string;
  seq: string;
  days_seq: string;
};

/** pg hands bigint over as text; none of these counts reaches 2^53. */
export function toTaskRecord(row: TaskRow): TaskRecord {
  return {
    ...row,
    epoch: row.epoch === null ? null : Number(row.epoch),
    rows: Number(row.rows),
    seq: Number(row.seq),
    days_seq: Number(row.days_seq),
  };
}
