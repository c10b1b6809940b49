import { randomUUID } from "node:crypto";
import type { DayOutcome, DayWrite } from "@/server/sync/session-ports";

/** A source that called the day closed and has rows of it now. */
const OPEN_AFTER_ALL = "DELETE FROM sync_closed_day WHERE date = $4 AND source = $14";

/** The run that writes; the fence looks at its epoch. */
interface Run {
  epoch: number;
  taskId: string;
}

/** Skipped days standing before this one get their outcome in the same transaction: no commit of their own. */
const SETTLE_SKIPS = `UPDATE sync_task_day SET status = 'skipped', reason = plan_reason, epoch = $2, finished_at = clock_timestamp()
    WHERE task_id = $1 AND date = ANY ($3::date[]) AND plan_action = 'skip' AND status = 'pending'`;

const RECORD_DAY = `UPDATE sync_task_day SET status = $5, reason = $6, rows = $7, rejected = $8, suspect = $9, warnings = $10, attempts = $11,
        error = $12, duration_ms = $13, source = $14, diff = $15, checksum = $16, rejected_sample = $17, epoch = $2, finished_at = clock_timestamp()
    WHERE task_id = $1 AND date = $4`;

/** The outcome of a day and of the skips before it: `outcomeValues`. */
export const RECORD_OUTCOME = `WITH skips AS (${SETTLE_SKIPS}) ${RECORD_DAY}`;

/** Likewise, with the day in the ledger: `storedValues`. */
export const RECORD_STORED = `WITH skips AS (${SETTLE_SKIPS}), day AS (${RECORD_DAY}), open AS (${OPEN_AFTER_ALL})
  INSERT INTO sync_day (date, state, rows, rejected, checksum, confirmed, source, task_id, epoch, attempt_id, started_at, finished_at, last_error, warnings, expected)
  VALUES ($4, $18, $7, $8, $16, $19, $14, $1, $2, $20, to_timestamp($21::float8 / 1000), clock_timestamp(), NULL, $10, $22)
  ON CONFLICT (date) DO UPDATE SET state = EXCLUDED.state, rows = EXCLUDED.rows, rejected = EXCLUDED.rejected, checksum = EXCLUDED.checksum,
    confirmed = EXCLUDED.confirmed, source = EXCLUDED.source, task_id = EXCLUDED.task_id, epoch = EXCLUDED.epoch, attempt_id = EXCLUDED.attempt_id,
    started_at = EXCLUDED.started_at, finished_at = EXCLUDED.finished_at, last_error = NULL, warnings = EXCLUDED.warnings, expected = EXCLUDED.expected`;

/** A failed day enters the ledger only where the table holds nothing of it: a failed re-sync leaves the stored day as it was. */
export const RECORD_FAILED_DAY = `INSERT INTO sync_day (date, state, rows, source, task_id, epoch, attempt_id, started_at, finished_at, last_error)
  VALUES ($1, 'failed', 0, $2, $3, $4, $5, clock_timestamp(), clock_timestamp(), $6)
  ON CONFLICT (date) DO UPDATE SET source = EXCLUDED.source, task_id = EXCLUDED.task_id, epoch = EXCLUDED.epoch, attempt_id = EXCLUDED.attempt_id,
    started_at = EXCLUDED.started_at, finished_at = EXCLUDED.finished_at, last_error = EXCLUDED.last_error
  WHERE sync_day.state = 'failed'`;

/** Values of RECORD_OUTCOME, in its order. */
export function outcomeValues(run: Run, outcome: DayOutcome, skipsBefore: string[], checksum: string | null): unknown[] {
  return [
    run.taskId,
    run.epoch,
    skipsBefore,
    outcome.date,
    outcome.status,
    outcome.reason,
    outcome.rows,
    outcome.rejected,
    outcome.suspect,
    JSON.stringify(outcome.warnings),
    outcome.attempts,
    outcome.error,
    outcome.duration_ms,
    outcome.source,
    outcome.diff,
    checksum,
    outcome.rejected_sample?.length ? JSON.stringify(outcome.rejected_sample) : null,
  ];
}

/** Values of RECORD_STORED, in its order. */
export function storedValues(run: Run, write: DayWrite, attemptId: string): unknown[] {
  return [
    ...outcomeValues(run, write.outcome, write.skipsBefore, write.encoded.checksum),
    write.state,
    write.confirmed,
    attemptId,
    write.startedMs,
    write.expected,
  ];
}

/** Values of RECORD_FAILED_DAY, in its order. */
export function failedDayValues(run: Run, outcome: DayOutcome): unknown[] {
  return [outcome.date, outcome.source ?? "", run.taskId, run.epoch, randomUUID(), outcome.error];
}
