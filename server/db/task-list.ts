import type pg from "pg";
import type { TaskFilter, TaskList } from "@/server/sync/asked/reads";
import { TASK_COLUMNS, type TaskRow, toTaskRecord } from "./task-row";

/** Matching tasks are counted up to here: who filters wants to know whether there are 7 or 700, not 98,231 or 98,232. */
export const COUNTED_TASKS = 10_000;

/**
 * One page of the history, newest first. The cursor is the ordinal of the last task shown: pages stay put while tasks come.
 * Page and count are found in the indexes of the filters, however seldom something matches; only the tasks that are shown
 * are read.
 */
export async function readTasks(pool: pg.Pool, filter: TaskFilter): Promise<TaskList> {
  const { where, values } = conditionsOf(filter);
  const place = values.length;
  const counting = pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM (SELECT 1 FROM sync_task WHERE ${where} LIMIT $${place + 1}) m`,
    [...values, COUNTED_TASKS + 1],
  );
  const reading = pool.query<TaskRow & { ordinal: string }>(
    `SELECT ${TASK_COLUMNS}, t.ordinal FROM sync_task t
      WHERE t.ordinal = ANY (ARRAY(
        SELECT ordinal FROM sync_task WHERE ${where} AND ordinal < $${place + 2} ORDER BY ordinal DESC LIMIT $${place + 1}))
      ORDER BY t.ordinal DESC`,
    [...values, filter.limit + 1, filter.cursor ?? Number.MAX_SAFE_INTEGER],
  );
  const [total, { rows }] = await Promise.all([counting, reading]);
  const count = total.rows[0]?.count ?? 0;
  const shown = rows.slice(0, filter.limit);
  return {
    tasks: shown.map(({ ordinal: _, ...row }) => toTaskRecord(row)),
    next: rows.length > filter.limit ? (shown.at(-1)?.ordinal ?? null) : null,
    total: Math.min(count, COUNTED_TASKS),
    total_is_capped: count > COUNTED_TASKS,
  };
}

function conditionsOf(filter: TaskFilter): { where: string; values: unknown[] } {
  const where: string[] = ["true"];
  const values: unknown[] = [];
  const add = (condition: (place: string) => string, value: unknown) => {
    values.push(value);
    where.push(condition(`$${values.length}`));
  };
  const midnight = (day: string) => `${day}::timestamp AT TIME ZONE '${filter.zone}'`;
  if (filter.status) add((place) => `status = ${place}`, filter.status);
  if (filter.failedDays) where.push("failed > 0");
  if (filter.type) add((place) => `task_type = ${place}`, filter.type);
  if (filter.from) add((place) => `created_at >= ${midnight(`${place}::date`)}`, filter.from);
  if (filter.to) add((place) => `created_at < ${midnight(`(${place}::date + 1)`)}`, filter.to);
  return { where: where.join(" AND "), values };
}
