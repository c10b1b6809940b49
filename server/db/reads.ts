import type pg from "pg";
import type { Day } from "@/lib/contract/day";
import type { RejectedRows } from "@/lib/contract/task";
import type { FinishedRun } from "@/server/sync/task/task-record";
import type { LedgerEntry, Reads } from "@/server/sync/asked/reads";
import { readClosedDays } from "./closed-days-sql";
import { readClosedSource } from "./closed-source-sql";
import { reaching } from "./connect";
import { readAudit } from "./audit";
import { readDayRows } from "./day-rows-sql";
import { type DayRow, DAY_COLUMNS, toTaskDay } from "./day-row";
import { holdsRealRows, readLedger } from "./ledger-sql";
import { taskOfKey } from "./new-task";
import { readReceiptDays } from "./receipt-sql";
import { readSnapshot } from "./snapshot-sql";
import { readTasks } from "./task-list";
import { msOf, TASK_COLUMNS, type TaskRow, toTaskRecord } from "./task-row";
import { isBusySql } from "./task-state-sql";
import { readWorkUnderWay } from "./work-under-way";

/** As in the standard configuration. */
const LEASE_TTL_MS = 15_000;

/** Read-only questions on a pool of their own; a database that is away rejects with DatabaseAwayError. An instance counts for a lease's life. */
export function createReads(pool: pg.Pool, leaseTtlMs = LEASE_TTL_MS): Reads {
  async function oneTask(where: string, values: unknown[]) {
    const { rows } = await pool.query<TaskRow>(
      `SELECT ${TASK_COLUMNS} FROM sync_task t WHERE ${where} ORDER BY ordinal LIMIT 1`,
      values,
    );
    return rows[0] ? toTaskRecord(rows[0]) : null;
  }

  const reads: Reads = {
    task: (taskId) => oneTask("task_id = $1", [taskId]),
    activeTask: () => oneTask(isBusySql(), []),
    ledger: () => readLedger(pool),
    closedDays: (source) => readClosedDays(pool, source),
    closedSource: (source) => readClosedSource(pool, source),
    holdsRealRows: () => holdsRealRows(pool),
    tasks: (filter) => readTasks(pool, filter),
    snapshot: (instance, watching) => readSnapshot(pool, instance, watching, leaseTtlMs),

    async recentRuns(source, kind) {
      // A night in a pause is no pace.
      const { rows } = await pool.query<FinishedRun>(
        `SELECT extract(epoch FROM finished_at - started_at)::float8 AS seconds, success + failed AS days,
                (rows / success)::float8 AS "rowsPerDay"
           FROM sync_task t WHERE status = 'completed' AND source = $1 AND (task_type = 'verify') = $2 AND success > 0 AND takeovers = 0
            AND NOT EXISTS (SELECT 1 FROM audit_log a WHERE a.task_id = t.task_id AND a.action = 'paused')
          ORDER BY finished_at DESC LIMIT 5`,
        [source, kind === "verify"],
      );
      return rows;
    },

    async taskDays(taskId, page) {
      const task = await oneTask("task_id = $1", [taskId]);
      if (!task) return null;
      const syncing = task.live?.current_date ?? null;
      // `syncing` is not in the table of outcomes: it is the pending day that the task says it is at.
      const { rows } = await pool.query<DayRow>(
        `SELECT ${DAY_COLUMNS} FROM sync_task_day
          WHERE task_id = $1 AND ($2::text IS NULL OR CASE WHEN status = 'pending' AND date = $5 THEN 'syncing' ELSE status END = $2)
            AND ($3::date IS NULL OR date > $3) ORDER BY date LIMIT $4`,
        [taskId, page.status, page.after, page.limit + 1, syncing],
      );
      const days = rows.slice(0, page.limit).map((row) => toTaskDay(row, syncing));
      return { days_seq: task.days_seq, days, next: rows.length > page.limit ? (days.at(-1)?.date ?? null) : null };
    },

    async daysSince(taskId, daysSeq) {
      const { rows } = await pool.query<DayRow & { days_seq: string }>(
        `SELECT ${DAY_COLUMNS}, days_seq FROM sync_task_day WHERE task_id = $1 AND days_seq > $2 ORDER BY days_seq, date`,
        [taskId, daysSeq],
      );
      const deltas = new Map<number, ReturnType<typeof toTaskDay>[]>();
      for (const row of rows) {
        const seq = Number(row.days_seq);
        deltas.set(seq, [...(deltas.get(seq) ?? []), toTaskDay(row, null)]);
      }
      return [...deltas].map(([days_seq, days]) => ({ days_seq, days }));
    },

    async rejectedRows(taskId, day) {
      const { rows } = await pool.query<RejectedRows>(
        "SELECT rejected, coalesce(rejected_sample, '[]') AS sample FROM sync_task_day WHERE task_id = $1 AND date = $2",
        [taskId, day],
      );
      return rows[0] ?? null;
    },

    dayRows: (day, code, limit) => readDayRows(pool, day, code, limit),

    receiptDays: (taskId, after, limit) => readReceiptDays(pool, taskId, after, limit),

    taskOfKey: (idempotency) => taskOfKey(pool, idempotency),

    activity: (taskId) => readAudit(pool, taskId),

    async daysToRetry(taskId, only) {
      const { rows } = await pool.query<{ date: Day }>(
        `SELECT date FROM sync_task_day WHERE task_id = $1 AND plan_action = 'fetch'
            AND CASE $2 WHEN 'changed' THEN status = 'success' AND reason = 'changed'
                        ELSE status = 'failed' OR ($2 = 'unfinished' AND (status = 'pending' OR reason = 'not_published')) END
          ORDER BY date`,
        [taskId, only],
      );
      return rows.map((row) => row.date);
    },

    workUnderWay: () => readWorkUnderWay(pool),

    async ledgerEntries(from, to) {
      const { rows } = await pool.query<LedgerEntry>(
        `SELECT date, state, rows, checksum, confirmed, source, rejected, last_error, warnings,
                ${msOf("started_at")} AS started_ms, ${msOf("finished_at")} AS finished_ms
           FROM sync_day WHERE date BETWEEN $1 AND $2 ORDER BY date`,
        [from, to],
      );
      return rows;
    },

    async firstKnownDay() {
      const { rows } = await pool.query<{ first: Day | null }>("SELECT min(date) AS first FROM sync_day");
      return rows[0]?.first ?? null;
    },

    async serverVersion() {
      const { rows } = await pool.query<{ server_version: string }>("SHOW server_version");
      return rows[0]?.server_version.split(" ")[0] ?? "?";
    },
  };
  return reachable(reads);
}

/** Every read answers or rejects with DatabaseAwayError. */
function reachable(reads: Reads): Reads {
  const wrapped = Object.entries(reads).map(([name, read]) => [
    name,
    (...args: never[]) => reaching(() => (read as (...args: never[]) => Promise<unknown>)(...args)),
  ]);
  return Object.fromEntries(wrapped) as Reads;
}
