import type pg from "pg";
import type { Day } from "@/lib/contract/day";
import type { ReceiptDay } from "@/server/sync/asked/receipt";
import { type DayRow, DAY_COLUMNS, toTaskDay } from "./day-row";
import { msOf } from "./task-row";

/** Days of a task with their plan and checksum, in the order of the calendar, so many after `after`. */
export async function readReceiptDays(pool: pg.Pool, taskId: string, after: Day | null, limit: number): Promise<ReceiptDay[]> {
  const { rows } = await pool.query<DayRow & Omit<ReceiptDay, keyof DayRow>>(
    `SELECT ${DAY_COLUMNS}, plan_action, plan_reason, checksum, ${msOf("finished_at")} AS finished_ms,
            coalesce(rejected_sample, '[]') AS rejected_sample
       FROM sync_task_day WHERE task_id = $1 AND ($2::date IS NULL OR date > $2) ORDER BY date LIMIT $3`,
    [taskId, after, limit],
  );
  return rows.map((row) => {
    const { plan_action, plan_reason, checksum, finished_ms, rejected_sample } = row;
    return { ...toTaskDay(row, null), plan_action, plan_reason, checksum, finished_ms, rejected_sample };
  });
}
