import type pg from "pg";
import { eachDay } from "@/lib/contract/day";
import type { Claim } from "@/server/sync/lease-ports";
import type { FireKey, FireOver } from "@/server/sync/schedule-ports";
import type { NewTask, TaskRecord } from "@/server/sync/task/task-record";
import { TASK_COLUMNS, type TaskRow, toTaskRecord } from "./task-row";

/**
 * Takes the fire in the transaction of its task. False = another instance had it, or the schedule was switched off just now.
 * One that asks again only follows the task it names: of two instances with the same thought, one comes too late.
 */
export async function takeFire(client: pg.PoolClient, { schedule_id, local_date, at_ms, again }: FireKey): Promise<boolean> {
  const { rowCount } = again
    ? await client.query(
        "SELECT 1 FROM sync_schedule_fire WHERE schedule_id = $1 AND local_date = $2 AND task_id = $3 FOR UPDATE",
        [schedule_id, local_date, again.after],
      )
    : await client.query(
        `INSERT INTO sync_schedule_fire (schedule_id, local_date, at, outcome)
         SELECT schedule_id, $2, to_timestamp($3::float8 / 1000), 'started' FROM sync_schedule WHERE schedule_id = $1 AND enabled
         ON CONFLICT DO NOTHING`,
        [schedule_id, local_date, at_ms],
      );
  return rowCount === 1;
}

/** Writes what the fire came to. One that asks again and found no place is tried once more by the next look. */
export async function settleFire(
  client: pg.PoolClient,
  { schedule_id, local_date, again }: FireKey,
  claim: Claim,
): Promise<Claim | FireOver> {
  const task = claim.kind === "claimed" || claim.kind === "queued" ? claim.task : null;
  const outcome = claim.kind === "claimed" ? "started" : task ? "queued" : "skipped_busy";
  if (task || !again) {
    await client.query("UPDATE sync_schedule_fire SET outcome = $3, task_id = $4 WHERE schedule_id = $1 AND local_date = $2", [
      schedule_id,
      local_date,
      outcome,
      task?.task_id ?? null,
    ]);
  }
  return task ? claim : { kind: "skipped_busy" };
}

/** A scheduled task that waits already and brings every day of the new one: the two are one. `mayBeHeld` = even if it waits for its hour. */
export async function waitingTwin(client: pg.PoolClient, task: NewTask, mayBeHeld: boolean): Promise<TaskRecord | null> {
  if (task.task_type !== "scheduler_daily" && task.task_type !== "scheduler_missing") return null;
  const days = task.options.days ?? eachDay(task.start_date, task.end_date);
  const { rows } = await client.query<TaskRow>(
    `SELECT ${TASK_COLUMNS} FROM sync_task t
      WHERE status = 'queued' AND task_type = $1 AND fingerprint = $2 AND start_date <= $3 AND end_date >= $4
        AND (options -> 'days' IS NULL OR options -> 'days' @> $5::jsonb) AND (not_before IS NULL OR $6) ORDER BY ordinal LIMIT 1`,
    [task.task_type, task.fingerprint, task.start_date, task.end_date, JSON.stringify(days), mayBeHeld],
  );
  return rows[0] ? toTaskRecord(rows[0]) : null;
}
