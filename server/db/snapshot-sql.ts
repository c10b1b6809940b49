import type pg from "pg";
import type { Instance, InstanceSeen, Snapshot } from "@/server/sync/reads";
import { TASK_COLUMNS, type TaskRow, toTaskRecord } from "./task-row";

/** Waiting tasks that travel with the state. */
const QUEUE_SHOWN = 20;
/** An instance that was not seen for so long is gone. */
export const SEEN_WITHIN = "15 seconds";

/** Says that this instance is alive, and reads the running task, the last finished one and who is there: one round trip each. */
export async function readSnapshot(pool: pg.Pool, instance: Instance, watching: number): Promise<Snapshot> {
  await pool.query({
    name: "instance-beat",
    text: `INSERT INTO sync_instance (id, name, address, version, fingerprint, watching) VALUES ($1, $2, $3, $4, $5, $6)
           ON CONFLICT (id) DO UPDATE SET seen_at = clock_timestamp(), watching = EXCLUDED.watching`,
    values: [instance.id, instance.name, instance.address, instance.version, instance.fingerprint, watching],
  });
  const tasks = await pool.query<TaskRow & { role: "current" | "queued" | "last" }>({
    name: "snapshot-tasks",
    text: `(SELECT 'current' AS role, ${TASK_COLUMNS} FROM sync_task t WHERE status IN ('running', 'pausing', 'cancelling', 'interrupted') ORDER BY ordinal LIMIT 1)
           UNION ALL
           (SELECT 'queued' AS role, ${TASK_COLUMNS} FROM sync_task t WHERE status = 'queued' ORDER BY resumed_at NULLS LAST, priority DESC, ordinal LIMIT ${QUEUE_SHOWN})
           UNION ALL
           (SELECT 'last' AS role, ${TASK_COLUMNS} FROM sync_task t WHERE finished_at IS NOT NULL AND started_at IS NOT NULL ORDER BY finished_at DESC LIMIT 1)`,
  });
  const instances = await pool.query<InstanceSeen>({
    name: "snapshot-instances",
    text: `SELECT i.id, i.name, l.holder IS NOT NULL AS holder,
                  round(extract(epoch FROM clock_timestamp() - l.renewed_at) * 1000)::int AS renewed_ms_ago
             FROM sync_instance i LEFT JOIN sync_lease l ON l.holder = i.id AND l.expires_at > clock_timestamp()
            WHERE i.seen_at > clock_timestamp() - interval '${SEEN_WITHIN}' ORDER BY i.name, i.id LIMIT 20`,
  });
  const waiting = await pool.query<{ count: number }>("SELECT count(*)::int AS count FROM sync_task WHERE status = 'queued'");
  const records = (wanted: string) => tasks.rows.flatMap(({ role, ...row }) => (role === wanted ? [toTaskRecord(row)] : []));
  return {
    current: records("current")[0] ?? null,
    last: records("last")[0] ?? null,
    queue: { tasks: records("queued"), count: waiting.rows[0]?.count ?? 0 },
    instances: instances.rows,
  };
}
