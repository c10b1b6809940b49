import { Client } from "pg";
import type { TaskFilter } from "@/server/sync/asked/reads";

/** The first page of the history with every filter off. */
export const EVERY_TASK: TaskFilter = {
  status: null,
  failedDays: false,
  type: null,
  from: null,
  to: null,
  zone: "Asia/Shanghai",
  cursor: null,
  limit: 50,
};

export interface HistorySize {
  tasks: number;
  /** All day rows together; one task has 13,000 of them, the others share the rest evenly. */
  dayRows: number;
}

const LONGEST = "1990-01-01_2025-08-04_631152000";
const LONGEST_DAYS = 13_000;

/**
 * Fills a migrated database with a history by SQL alone: one task every hour and a half from 2001 on, the newest one with 13,000
 * days, the first 13 of them failed. Rare things are rare: one task in 5,000 was cancelled, one in 1,000 is a verify.
 */
export async function fillHistory(databaseUrl: string, size: HistorySize): Promise<{ longest: string }> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    // Outcomes pass the fence; written rows of an old history have no lease to show.
    await client.query("SET session_replication_role = replica; SET synchronous_commit = off");
    await client.query(
      `INSERT INTO sync_task (task_id, task_type, status, start_date, end_date, total_days, total, fetch_days, options, source, fingerprint, started_by,
                              created_at, started_at, finished_at, success, failed, rows, predicted)
       SELECT 't' || n, CASE WHEN n % 1000 = 7 THEN 'verify' WHEN n % 2 = 0 THEN 'scheduler_daily' ELSE 'web_batch' END,
              CASE WHEN n % 5000 = 3 THEN 'cancelled' ELSE 'completed' END, '2024-01-01', '2024-02-19', $2, $2, $2,
              '{"force": false, "accept_incomplete": false, "order": "asc"}', 'files', 'x', 'ann',
              at, at, at + interval '20 minutes', $2 - 1, (n % 10 = 0)::int, 250000, '{"seconds": [600, 1200], "fetch_days": 34, "rows": 250000}'
         FROM generate_series(1, $1 - 1) n, LATERAL (SELECT timestamptz '2001-01-01 00:00Z' + n * interval '90 minutes' AS at) moment ORDER BY n`,
      [size.tasks, Math.max(1, Math.floor((size.dayRows - LONGEST_DAYS) / (size.tasks - 1)))],
    );
    await client.query(
      `INSERT INTO sync_task (task_id, task_type, status, start_date, end_date, total_days, total, fetch_days, options, source, fingerprint, started_at, finished_at, success, failed)
       VALUES ($1, 'web_batch', 'completed', '1990-01-01', '2025-08-04', ${LONGEST_DAYS}, ${LONGEST_DAYS}, ${LONGEST_DAYS},
               '{"force": false, "accept_incomplete": false, "order": "asc"}', 'files', 'x', now(), now(), ${LONGEST_DAYS - 13}, 13)`,
      [LONGEST],
    );
    await client.query(
      `INSERT INTO sync_task_day (task_id, date, position, plan_action, plan_reason, status, reason, rows, attempts, error, duration_ms, source, finished_at, checksum)
       SELECT t.task_id, t.start_date + n, n, 'fetch', 'missing', CASE WHEN n < t.failed THEN 'failed' ELSE 'success' END,
              CASE WHEN n < t.failed THEN 'source_empty' END, 5000, 1, CASE WHEN n < t.failed THEN '{"code": "source_empty", "params": {}}'::jsonb END,
              900, 'files', t.started_at + n * interval '1 second', md5(n::text) || md5(t.task_id)
         FROM sync_task t, LATERAL generate_series(0, t.total_days - 1) n`,
    );
    await client.query("INSERT INTO audit_log (task_id, action, actor) SELECT task_id, 'started', 'ann' FROM sync_task");
    // As autovacuum leaves a table that has come to rest.
    // A sample of 30,000 rows is another one each time, and so might be the plans; this one takes them all.
    await client.query("SET default_statistics_target = 1000");
    await client.query("VACUUM ANALYZE sync_task, sync_task_day, audit_log");
    return { longest: LONGEST };
  } finally {
    await client.end();
  }
}
