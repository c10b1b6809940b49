import type pg from "pg";
import type { Instance, InstanceSeen, Snapshot } from "@/server/sync/asked/reads";
import { beat, countsSql } from "./instances";
import { TASK_COLUMNS, type TaskRow, toTaskRecord } from "./task-row";
import { isBusySql } from "./task-state-sql";

/** Waiting tasks, and paused ones, that travel with the state. */
const TASKS_SHOWN = 20;

/** Says that this instance is alive, and reads the tasks that are not over, the last one that is, and who is there: one round trip each. */
export async function readSnapshot(pool: pg.Pool, instance: Instance, watching: number, ttlMs: number): Promise<Snapshot> {
  const rivals = await beat(pool, instance, watching, ttlMs);
  const tasks = await pool.query<TaskRow & { role: "current" | "queued" | "paused" | "last" }>({
    name: "snapshot-tasks",
    text: `(SELECT 'current' AS role, ${TASK_COLUMNS} FROM sync_task t WHERE ${isBusySql()} ORDER BY ordinal LIMIT 1)
           UNION ALL
           (SELECT 'queued' AS role, ${TASK_COLUMNS} FROM sync_task t WHERE status = 'queued' ORDER BY resumed_at NULLS LAST, priority DESC, ordinal LIMIT ${TASKS_SHOWN})
           UNION ALL
           (SELECT 'paused' AS role, ${TASK_COLUMNS} FROM sync_task t WHERE status = 'paused' ORDER BY ordinal DESC LIMIT ${TASKS_SHOWN})
           UNION ALL
           (SELECT 'last' AS role, ${TASK_COLUMNS} FROM sync_task t WHERE finished_at IS NOT NULL AND started_at IS NOT NULL ORDER BY finished_at DESC LIMIT 1)`,
  });
  const instances = await pool.query<InstanceSeen & { watching: number }>({
    name: "snapshot-instances",
    text: `SELECT i.id, i.name, i.watching, l.holder IS NOT NULL AS holder,
                  round(extract(epoch FROM clock_timestamp() - l.renewed_at) * 1000)::int AS renewed_ms_ago
             FROM sync_instance i LEFT JOIN sync_lease l ON l.holder = i.id AND l.expires_at > clock_timestamp()
            WHERE ${countsSql(ttlMs)} ORDER BY i.name, i.id LIMIT 20`,
  });
  const rest = await pool.query<{ waiting: number; paused: number; epoch: string | null; lease_left_ms: number | null }>({
    name: "snapshot-rest",
    text: `SELECT (SELECT count(*)::int FROM sync_task WHERE status = 'queued') AS waiting,
                  (SELECT count(*)::int FROM sync_task WHERE status = 'paused') AS paused,
                  (SELECT epoch FROM sync_lease WHERE name = 'sync') AS epoch,
                  (SELECT (extract(epoch FROM expires_at - clock_timestamp()) * 1000)::float8 FROM sync_lease WHERE name = 'sync' AND holder IS NOT NULL) AS lease_left_ms`,
  });
  const epoch = rest.rows[0]?.epoch ?? null;
  const records = (wanted: string) => tasks.rows.flatMap(({ role, ...row }) => (role === wanted ? [toTaskRecord(row)] : []));
  return {
    current: records("current")[0] ?? null,
    last: records("last")[0] ?? null,
    queue: { tasks: records("queued"), count: rest.rows[0]?.waiting ?? 0 },
    paused: { tasks: records("paused"), count: rest.rows[0]?.paused ?? 0 },
    instances: instances.rows.map(({ watching: _watching, ...seen }) => seen),
    watchingElsewhere: instances.rows.reduce((sum, { id, watching: there }) => (id === instance.id ? sum : sum + there), 0),
    epoch: epoch === null ? null : Number(epoch),
    leaseLeftMs: rest.rows[0]?.lease_left_ms ?? null,
    rivals,
  };
}
