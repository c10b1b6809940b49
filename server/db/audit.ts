import type pg from "pg";
import type { SystemPauseReason, TaskAction } from "@/lib/contract/task";
import type { RecordedActivity } from "@/server/sync/task/task-record";
import { msOf } from "./task-row";

/** Adds a line in the transaction of what it tells of; `reason` where the system itself paused a task or let it go on. */
export async function writeAudit(
  client: pg.PoolClient,
  taskId: string,
  action: TaskAction,
  actor: string | null,
  reason: SystemPauseReason | null = null,
): Promise<void> {
  await client.query("INSERT INTO audit_log (task_id, action, actor, reason) VALUES ($1, $2, $3, $4)", [
    taskId,
    action,
    actor,
    reason,
  ]);
}

/** The life of one task, oldest first. */
export async function readAudit(pool: pg.Pool, taskId: string): Promise<RecordedActivity[]> {
  const { rows } = await pool.query<RecordedActivity>(
    `SELECT action, actor AS by, ${msOf("at")} AS at_ms, reason FROM audit_log WHERE task_id = $1 ORDER BY id`,
    [taskId],
  );
  return rows;
}
