import type pg from "pg";
import type { Day } from "@/lib/contract/day";

/** The source said that the exchange was closed (date, source, task_id, epoch). A failure of the day before is settled by it. */
export const RECORD_CLOSED_DAY = `WITH settled AS (DELETE FROM sync_day WHERE date = $1 AND state = 'failed')
  INSERT INTO sync_closed_day (date, source, task_id, epoch) VALUES ($1, $2, $3, $4)
  ON CONFLICT (date, source) DO UPDATE SET task_id = EXCLUDED.task_id, epoch = EXCLUDED.epoch, learnt_at = clock_timestamp()`;

/** Rows of the day were found in the table, whoever wrote them: it was no closed day. */
export const FORGET_CLOSED_DAY = "DELETE FROM sync_closed_day WHERE date = $1";

/** The days that this source called closed: a handful in a year. */
export async function readClosedDays(db: pg.Pool | pg.PoolClient, source: string): Promise<Set<Day>> {
  const { rows } = await db.query<{ date: Day }>("SELECT date FROM sync_closed_day WHERE source = $1", [source]);
  return new Set(rows.map((row) => row.date));
}
