import type pg from "pg";
import type { Finished, RunEnd } from "@/server/sync/session-ports";
import { TASK_COLUMNS, type TaskRow, toTaskRecord } from "./task-row";

/**
 * What an end came to whose answer got lost: it is asked for once more, and stands in the database already. With the task
 * that was handed over to `holder`, as long as that is under its lease. Null = this end was never written.
 */
export async function ownEnd(
  client: pg.PoolClient,
  { taskId, epoch, status, holder }: Pick<RunEnd, "status"> & { taskId: string; epoch: number; holder: string },
): Promise<Finished | null> {
  const ended = await client.query<TaskRow>(
    `SELECT ${TASK_COLUMNS} FROM sync_task t
      WHERE task_id = $1 AND epoch = $2 AND (status = $3 OR ($3 = 'paused' AND status = 'cancelled'))`,
    [taskId, epoch, status],
  );
  const task = ended.rows[0];
  if (!task) return null;
  const handedOver = await client.query<TaskRow>(
    `SELECT ${TASK_COLUMNS} FROM sync_lease l JOIN sync_task t USING (task_id, epoch)
      WHERE l.name = 'sync' AND l.holder = $1 AND l.epoch > $2 AND l.expires_at > clock_timestamp() AND t.status = 'running'`,
    [holder, epoch],
  );
  const next = handedOver.rows[0];
  return { task: toTaskRecord(task), next: next ? toTaskRecord(next) : null };
}
