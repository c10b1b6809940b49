import type pg from "pg";
import type { Day } from "@/lib/contract/day";
import type { WaitingTask, WorkUnderWay } from "@/server/sync/asked/reads";
import { isBusySql } from "./task-state-sql";

/** Days without an outcome of plans that are carried out or wait for it, and the tasks of the queue that have no plan yet. */
export async function readWorkUnderWay(pool: pg.Pool): Promise<WorkUnderWay> {
  const [planned, waiting] = await Promise.all([
    pool.query<{ date: Day; live_date: Day | null; busy: boolean }>(
      `SELECT d.date, t.live ->> 'current_date' AS live_date, ${isBusySql("t.status")} AS busy
         FROM sync_task t JOIN sync_task_day d USING (task_id)
        WHERE (${isBusySql("t.status")} OR t.status = 'queued') AND t.task_type <> 'verify'
          AND d.plan_action = 'fetch' AND d.status = 'pending'`,
    ),
    pool.query<WaitingTask>(
      `SELECT start_date AS "from", end_date AS "to", options -> 'days' AS days, coalesce((options ->> 'force')::boolean, false) AS force
         FROM sync_task t WHERE status = 'queued' AND task_type <> 'verify'
          AND NOT EXISTS (SELECT 1 FROM sync_task_day d WHERE d.task_id = t.task_id)`,
    ),
  ]);
  const mine = planned.rows.filter((row) => row.busy);
  // What a holder last said of itself may be older than its last day, or than its death: a day with an outcome is not at work.
  const atWork = mine.find((row) => row.date === row.live_date);
  return {
    running: atWork?.date ?? null,
    queued: new Set(mine.map((row) => row.date)),
    waiting: { planned: planned.rows.filter((row) => !row.busy).map((row) => row.date), tasks: waiting.rows },
  };
}
