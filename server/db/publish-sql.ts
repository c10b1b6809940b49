import type pg from "pg";
import type { Day } from "@/lib/contract/day";
import { LeaseLostError } from "@/server/sync/errors";
import type { LiveState, TaskCounts } from "@/server/sync/task/task-record";
import { announce } from "./announce";
import { IS_AT_WORK } from "./task-state-sql";

/** What is new of a running task since it was published last. */
export interface Publication {
  taskId: string;
  epoch: number;
  counts: TaskCounts;
  live: LiveState;
  changed: readonly Day[];
}

/**
 * Counts, live state and the numbers of the changed days are one delta; a crash in progress is forgiven once a day is done.
 * `from` = this instance, as the others hear it. Throws LeaseLostError where the epoch is over.
 */
export async function publish(
  client: pg.PoolClient,
  from: string,
  { taskId, epoch, counts, live, changed }: Publication,
): Promise<{ seq: number; days_seq: number }> {
  const { rows } = await client.query<{ seq: string; days_seq: string }>(
    `UPDATE sync_task SET success = $3, failed = $4, skipped = $5, suspect = $6, rows = $7, live = $8, seq = seq + 1,
              days_seq = days_seq + $9, crashes = CASE WHEN $9 = 1 THEN 0 ELSE crashes END
        WHERE task_id = $1 AND epoch = $2 AND ${IS_AT_WORK} RETURNING seq, days_seq`,
    [taskId, epoch, counts.success, counts.failed, counts.skipped, counts.suspect, counts.rows, live, changed.length > 0 ? 1 : 0],
  );
  const row = rows[0];
  if (!row) throw new LeaseLostError(`epoch ${epoch} is over`);
  if (changed.length > 0) {
    await client.query("UPDATE sync_task_day SET days_seq = $2, epoch = $3 WHERE task_id = $1 AND date = ANY ($4::date[])", [
      taskId,
      row.days_seq,
      epoch,
      changed,
    ]);
  }
  await announce(client, { from, what: changed.length > 0 ? "days" : "task", task_id: taskId });
  return { seq: Number(row.seq), days_seq: Number(row.days_seq) };
}
