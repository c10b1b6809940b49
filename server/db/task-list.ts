import type pg from "pg";
import type { TaskFilter } from "@/server/sync/reads";
import type { TaskRecord } from "@/server/sync/task-record";
import { TASK_COLUMNS, type TaskRow, toTaskRecord } from "./task-row";

/** One page of the history, newest first. The cursor is the ordinal of the last task shown: pages stay put while tasks come. */
export async function readTasks(
  pool: pg.Pool,
  filter: TaskFilter,
): Promise<{ tasks: TaskRecord[]; next: string | null; total: number }> {
  const where: string[] = ["true"];
  const values: unknown[] = [];
  const add = (condition: (place: string) => string, value: unknown) => {
    values.push(value);
    where.push(condition(`$${values.length}`));
  };
  if (filter.status) add((place) => `t.status = ${place}`, filter.status);
  if (filter.failedDays) where.push("t.failed > 0");
  if (filter.type) add((place) => `t.task_type = ${place}`, filter.type);
  const zone = (day: string) => `${day}::timestamp AT TIME ZONE '${filter.zone}'`;
  if (filter.from) add((place) => `t.created_at >= ${zone(`${place}::date`)}`, filter.from);
  if (filter.to) add((place) => `t.created_at < ${zone(`(${place}::date + 1)`)}`, filter.to);
  const matching = where.join(" AND ");
  const total = await pool.query<{ total: string }>(`SELECT count(*) AS total FROM sync_task t WHERE ${matching}`, values);
  const paged = filter.cursor === null ? matching : `${matching} AND t.ordinal < $${values.length + 2}`;
  const { rows } = await pool.query<TaskRow & { ordinal: string }>(
    `SELECT ${TASK_COLUMNS}, t.ordinal FROM sync_task t WHERE ${paged} ORDER BY t.ordinal DESC LIMIT $${values.length + 1}`,
    [...values, filter.limit + 1, ...(filter.cursor === null ? [] : [filter.cursor])],
  );
  const shown = rows.slice(0, filter.limit);
  return {
    tasks: shown.map(({ ordinal: _, ...row }) => toTaskRecord(row)),
    next: rows.length > filter.limit ? (shown.at(-1)?.ordinal ?? null) : null,
    total: Number(total.rows[0]?.total ?? 0),
  };
}
