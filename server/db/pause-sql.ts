import type pg from "pg";
import type { PauseReason, SystemPauseReason } from "@/lib/contract/task";
import type { SystemPause } from "@/server/sync/errors";
import { msOf } from "./task-row";

/** Pauses for which it is the source that gives nothing before a time to come. */
const BY_SOURCE = ["quota", "banned", "rate_limited"] as const satisfies readonly SystemPauseReason[];
const IS_BY_SOURCE = `pause_reason IN (${BY_SOURCE.map((reason) => `'${reason}'`).join(", ")})`;

/** True for a pause that the source is the reason of. */
export function isClosedSource(reason: PauseReason | null): boolean {
  return BY_SOURCE.some((one) => one === reason);
}

/** SQL: a pause by the system whose time has come. A person's pause never ends by itself. */
export const PAUSE_IS_OVER = "status = 'paused' AND pause_reason <> 'person' AND resume_at <= clock_timestamp()";

/** What a task's row says when it runs or waits again: it is not paused for anything. */
export const NO_PAUSE = "paused_by = NULL, pause_reason = NULL, pause_detail = NULL, resume_at = NULL";

/** The latest pause of another task that says that this source is closed until a time to come. */
export async function readClosedSource(pool: pg.Pool, taskId: string, source: string): Promise<SystemPause | null> {
  const { rows } = await pool.query<{ reason: SystemPauseReason; resume_ms: number; detail: string | null }>(
    `SELECT pause_reason AS reason, ${msOf("resume_at")} AS resume_ms, pause_detail AS detail FROM sync_task
      WHERE status = 'paused' AND source = $2 AND task_id <> $1 AND ${IS_BY_SOURCE} AND resume_at > clock_timestamp()
      ORDER BY resume_at DESC LIMIT 1`,
    [taskId, source],
  );
  const pause = rows[0];
  return pause ? { reason: pause.reason, resumeMs: pause.resume_ms, detail: pause.detail } : null;
}

/**
 * Somebody says that the source is open again: what else is paused for its sake may go on too. Else their pauses would send
 * the resumed task back to sleep. A task that is being told something at this moment is passed over.
 */
export async function reopenSource(client: pg.PoolClient, taskId: string, source: string): Promise<void> {
  await client.query(
    `UPDATE sync_task SET resume_at = clock_timestamp(), seq = seq + 1 WHERE task_id IN (
       SELECT task_id FROM sync_task WHERE status = 'paused' AND source = $2 AND task_id <> $1 AND ${IS_BY_SOURCE}
          AND resume_at > clock_timestamp() FOR UPDATE SKIP LOCKED)`,
    [taskId, source],
  );
}
