import type pg from "pg";
import type { KeptStart } from "@/server/sync/asked/reads";
import type { LiveState, NewTask, TaskRecord } from "@/server/sync/task/task-record";
import { writeAudit } from "./audit";
import type { Claimer } from "./lease-row";
import { TASK_COLUMNS, type TaskRow, toTaskRecord } from "./task-row";

/** How many tasks may wait. */
export const MAX_QUEUED = 200;
/** For how long an Idempotency-Key stands for its request. */
const KEY_LIFE = "24 hours";

/** The task that an Idempotency-Key stands for, and whether the request is the same; null = the key is new. */
export async function taskOfKey(
  client: pg.PoolClient | pg.Pool,
  idempotency: NonNullable<NewTask["idempotency"]>,
): Promise<KeptStart | null> {
  const { rows } = await client.query<TaskRow & { request_hash: string; was_queued: boolean }>(
    `SELECT ${TASK_COLUMNS}, t.request_hash,
            EXISTS (SELECT 1 FROM audit_log a WHERE a.task_id = t.task_id AND a.action = 'queued') AS was_queued
       FROM sync_task t
      WHERE idempotency_key = $1 AND created_at > clock_timestamp() - interval '${KEY_LIFE}' ORDER BY ordinal DESC LIMIT 1`,
    [idempotency.key],
  );
  if (!rows[0]) return null;
  const { request_hash, was_queued, ...row } = rows[0];
  return { task: toTaskRecord(row), isSame: request_hash === idempotency.requestHash, wasQueued: was_queued };
}

/** How many tasks wait in the queue; in the transaction of the claim, for the limit is judged by it. */
export async function countQueued(client: pg.PoolClient): Promise<number> {
  const { rows } = await client.query<{ waiting: number }>(
    "SELECT count(*)::int AS waiting FROM sync_task WHERE status = 'queued'",
  );
  return rows[0]?.waiting ?? 0;
}

/** Writes a task that waits in the queue; with `notBeforeMs` it is held back until the source has published its day. */
export async function insertQueued(client: pg.PoolClient, task: NewTask, notBeforeMs: number | null): Promise<TaskRecord> {
  const id = await freeTaskId(client, task);
  const row = await insert(client, task, { id, status: "queued", epoch: null, holder: null, notBeforeMs });
  await writeAudit(client, id, "queued", task.started_by);
  return row;
}

/** Writes a task as running under the epoch that was just taken for it. */
export async function insertRunning(
  client: pg.PoolClient,
  task: NewTask,
  id: string,
  epoch: number,
  claimer: Claimer,
): Promise<TaskRecord> {
  const row = await insert(client, task, { id, status: "running", epoch, holder: claimer.holderName, notBeforeMs: null });
  await writeAudit(client, id, "started", task.started_by);
  return row;
}

interface Place {
  id: string;
  status: "queued" | "running";
  epoch: number | null;
  holder: string | null;
  notBeforeMs: number | null;
}

/** What a task that is held back says meanwhile. */
function waiting(untilMs: number): LiveState {
  return { current_date: null, phase: null, fetched: null, eta: null, wait: { code: "not_published", until_ms: untilMs } };
}

async function insert(client: pg.PoolClient, task: NewTask, place: Place): Promise<TaskRecord> {
  const { id, status, epoch, holder, notBeforeMs } = place;
  const { rows } = await client.query<TaskRow>(
    `WITH t AS (
       INSERT INTO sync_task (task_id, task_type, status, start_date, end_date, total_days, total, options, source, fingerprint, started_by,
                              started_at, epoch, holder, priority, idempotency_key, request_hash,
                              not_before, live)
       VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9, $10, CASE WHEN $3 = 'running' THEN clock_timestamp() END, $11, $12, $13, $14, $15,
               to_timestamp($16::float8 / 1000), $17) RETURNING *
     ) SELECT ${TASK_COLUMNS} FROM t`,
    [
      id,
      task.task_type,
      status,
      task.start_date,
      task.end_date,
      task.total_days,
      task.options,
      task.source,
      task.fingerprint,
      task.started_by,
      epoch,
      holder,
      task.priority,
      task.idempotency?.key ?? null,
      task.idempotency?.requestHash ?? null,
      notBeforeMs,
      notBeforeMs === null ? null : waiting(notBeforeMs),
    ],
  );
  return toTaskRecord(rows[0] as TaskRow);
}

/**
 * `{start}_{end}_{unix seconds}`, with `_2`, `_3` … if taken: two tasks of one range can start in one second. Only tasks of the
 * last hour are looked at, not the whole history.
 */
export async function freeTaskId(client: pg.PoolClient, task: Pick<NewTask, "start_date" | "end_date">): Promise<string> {
  const stem = `${task.start_date}_${task.end_date}_`;
  const { rows } = await client.query<{ second: string; taken: string[] }>(
    `WITH at AS (SELECT $1 || floor(extract(epoch FROM clock_timestamp()))::bigint::text AS id)
     SELECT at.id AS second, coalesce(array_agg(t.task_id) FILTER (WHERE t.task_id IS NOT NULL), '{}') AS taken
       FROM at LEFT JOIN sync_task t ON t.created_at > now() - interval '1 hour' AND (t.task_id = at.id OR t.task_id LIKE at.id || '\\_%')
      GROUP BY at.id`,
    [stem],
  );
  const { second, taken } = rows[0] as { second: string; taken: string[] };
  for (let turn = 1; ; turn += 1) {
    const id = turn === 1 ? second : `${second}_${turn}`;
    if (!taken.includes(id)) return id;
  }
}
