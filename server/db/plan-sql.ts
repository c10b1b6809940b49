import type pg from "pg";
import { LeaseLostError } from "@/server/sync/errors";
import type { WrittenItem } from "@/server/sync/plan/plan";
import type { PlannedDay } from "@/server/sync/session-ports";
import type { Prediction } from "@/server/sync/task/task-record";
import { transaction } from "./connect";
import { DAY_COLUMNS, type DayRow, toOutcome } from "./day-row";

/** Writes the days of a plan, and what it will take into the row of its task. Throws LeaseLostError where the epoch is over. */
export async function savePlan(
  pool: pg.Pool,
  { taskId, epoch }: { taskId: string; epoch: number },
  plan: readonly WrittenItem[],
  predicted: Prediction,
): Promise<void> {
  await transaction(pool, async (client) => {
    await client.query(
      `INSERT INTO sync_task_day (task_id, epoch, date, position, plan_action, plan_reason)
       SELECT $1, $2, p.date, p.position, p.action, p.reason
         FROM unnest($3::date[], $4::text[], $5::text[]) WITH ORDINALITY AS p (date, action, reason, position)`,
      [taskId, epoch, plan.map((item) => item.date), plan.map((item) => item.action), plan.map((item) => item.reason)],
    );
    // The fence leaves pending days alone: the epoch is looked at here.
    const { rowCount } = await client.query(
      "UPDATE sync_task SET total = $3, fetch_days = $4, predicted = $5, seq = seq + 1 WHERE task_id = $1 AND epoch = $2",
      [taskId, epoch, plan.length, plan.filter((item) => item.action === "fetch").length, predicted],
    );
    if (rowCount !== 1) throw new LeaseLostError(`epoch ${epoch} is over`);
  });
}

/** The plan as it was written, with the outcomes so far; empty = there is none yet. */
export async function loadPlan(pool: pg.Pool, taskId: string): Promise<PlannedDay[]> {
  const { rows } = await pool.query<DayRow & { plan_action: WrittenItem["action"]; plan_reason: WrittenItem["reason"] }>(
    `SELECT ${DAY_COLUMNS}, plan_action, plan_reason FROM sync_task_day WHERE task_id = $1 ORDER BY position`,
    [taskId],
  );
  return rows.map((row) => ({ date: row.date, action: row.plan_action, reason: row.plan_reason, outcome: toOutcome(row) }));
}
