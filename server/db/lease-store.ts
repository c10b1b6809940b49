import type pg from "pg";
import { LeaseLostError } from "@/server/sync/errors";
import type { Claim, LeaseStore, Log, MomentSession } from "@/server/sync/ports";
import type { NewTask, TaskRecord } from "@/server/sync/task-record";
import { reaching, transaction } from "./connect";
import { momentSession } from "./moment-session";
import { TASK_COLUMNS, type TaskRow, toTaskRecord } from "./task-row";

/** Work connections are named after the epoch they serve: a thief ends them by this name. */
export const workName = (epoch: number) => `dayfill:work:${epoch}`;

/** A task that crashed this often without finishing a day is not tried again. */
const MAX_CRASHES = 3;
const LOCK_TIMEOUT = "SET LOCAL lock_timeout = '5s'";
/** How long a thief waits for a backend of the old epoch to end. */
const TERMINATE_WAIT_MS = 2_000;

interface LeaseRow {
  epoch: string;
  held: boolean;
  live: boolean;
  task_id: string | null;
}

export interface LeaseStoreOptions {
  pool: pg.Pool;
  /** A pool of one connection: renewals never wait behind anything else. */
  heartbeat: pg.Pool;
  holder: string;
  holderName: string;
  ttlMs: number;
  log: Log;
}

/** The lease row of 3-engine.md. All expiries by `clock_timestamp()`: `now()` is the transaction's start and lies. */
export function createLeaseStore(options: LeaseStoreOptions): LeaseStore {
  const { pool, heartbeat, holder, holderName, ttlMs, log } = options;
  const expiry = `clock_timestamp() + interval '${ttlMs} milliseconds'`;

  async function lockLease(client: pg.PoolClient): Promise<LeaseRow> {
    await client.query(LOCK_TIMEOUT);
    const { rows } = await client.query<LeaseRow>(
      `SELECT epoch, holder IS NOT NULL AS held, holder IS NOT NULL AND expires_at > clock_timestamp() AS live, task_id
         FROM sync_lease WHERE name = 'sync' FOR UPDATE`,
    );
    if (!rows[0])
      throw new Error(
        "the lease row is missing: sync_lease must hold one row named 'sync'; restore it or migrate a fresh database",
      );
    return rows[0];
  }

  async function take(client: pg.PoolClient, taskId: string | null): Promise<number> {
    const { rows } = await client.query<{ epoch: string }>(
      `UPDATE sync_lease SET epoch = epoch + 1, holder = $1, holder_info = jsonb_build_object('name', $2::text), task_id = $3,
              expires_at = ${expiry}, renewed_at = clock_timestamp()
        WHERE name = 'sync' RETURNING epoch`,
      [holder, holderName, taskId],
    );
    return Number(rows[0]?.epoch);
  }

  async function give(client: pg.PoolClient, epoch: number): Promise<void> {
    const { rowCount } = await client.query(
      `UPDATE sync_lease SET holder = NULL, epoch = epoch + 1, task_id = NULL, expires_at = '-infinity' WHERE name = 'sync' AND epoch = $1 AND holder = $2`,
      [epoch, holder],
    );
    if (rowCount !== 1) throw new LeaseLostError(`epoch ${epoch} is over`);
  }

  async function taskInTheWay(client: pg.PoolClient): Promise<string | null> {
    const { rows } = await client.query<{ task_id: string }>(
      "SELECT task_id FROM sync_task WHERE status IN ('running', 'pausing', 'cancelling', 'interrupted') ORDER BY ordinal LIMIT 1",
    );
    return rows[0]?.task_id ?? null;
  }

  /** `{start}_{end}_{unix seconds}`, with `_2`, `_3` … if taken: two tasks of one range can start in one second. */
  async function freeTaskId(client: pg.PoolClient, task: NewTask): Promise<string> {
    const stem = `${task.start_date}_${task.end_date}_`;
    const { rows } = await client.query<{ second: string; taken: string[] }>(
      `WITH at AS (SELECT $1 || floor(extract(epoch FROM clock_timestamp()))::bigint::text AS id)
       SELECT at.id AS second, coalesce(array_agg(t.task_id) FILTER (WHERE t.task_id IS NOT NULL), '{}') AS taken
         FROM at LEFT JOIN sync_task t ON t.task_id = at.id OR t.task_id LIKE at.id || '\\_%' GROUP BY at.id`,
      [stem],
    );
    const { second, taken } = rows[0] as { second: string; taken: string[] };
    for (let turn = 1; ; turn += 1) {
      const id = turn === 1 ? second : `${second}_${turn}`;
      if (!taken.includes(id)) return id;
    }
  }

  async function claimNew(task: NewTask): Promise<Claim> {
    return transaction(pool, async (client) => {
      const lease = await lockLease(client);
      if (lease.live && lease.task_id) return { kind: "busy", taskId: lease.task_id } as const;
      const waiting = await taskInTheWay(client);
      if (waiting) return { kind: "busy", taskId: waiting } as const;
      if (lease.held) await endBackends(client, Number(lease.epoch));
      const id = await freeTaskId(client, task);
      const epoch = await take(client, id);
      const { rows } = await client.query<TaskRow>(
        `WITH t AS (
           INSERT INTO sync_task (task_id, task_type, status, start_date, end_date, total_days, options, source, fingerprint, started_by, started_at, epoch, holder, total)
           VALUES ($1, $2, 'running', $3, $4, $5, $6, $7, $8, $9, clock_timestamp(), $10, $11, $5) RETURNING *
         ) SELECT ${TASK_COLUMNS} FROM t`,
        [
          id,
          task.task_type,
          task.start_date,
          task.end_date,
          task.total_days,
          task.options,
          task.source,
          task.fingerprint,
          task.started_by,
          epoch,
          holderName,
        ],
      );
      return { kind: "claimed", task: toTaskRecord(rows[0] as TaskRow) } as const;
    });
  }

  async function claimInterrupted(fingerprint: string): Promise<TaskRecord | null> {
    return transaction(pool, async (client) => {
      const lease = await lockLease(client);
      if (lease.live) return null;
      if (lease.held) {
        await endBackends(client, Number(lease.epoch));
        await client.query(
          `UPDATE sync_task SET status = 'interrupted', crashes = crashes + 1, takeovers = takeovers + 1, seq = seq + 1, live = NULL
            WHERE status IN ('running', 'pausing', 'cancelling')`,
        );
      }
      await failHopeless(client, fingerprint);
      const { rows } = await client.query<{ task_id: string }>(
        "SELECT task_id FROM sync_task WHERE status = 'interrupted' AND fingerprint = $1 ORDER BY ordinal LIMIT 1",
        [fingerprint],
      );
      const next = rows[0];
      if (!next) {
        if (lease.held)
          await client.query("UPDATE sync_lease SET holder = NULL, epoch = epoch + 1, task_id = NULL WHERE name = 'sync'");
        return null;
      }
      const epoch = await take(client, next.task_id);
      const taken = await client.query<TaskRow>(
        `WITH t AS (UPDATE sync_task SET status = 'running', epoch = $2, holder = $3, seq = seq + 1 WHERE task_id = $1 RETURNING *)
         SELECT ${TASK_COLUMNS} FROM t`,
        [next.task_id, epoch, holderName],
      );
      return toTaskRecord(taken.rows[0] as TaskRow);
    });
  }

  /** A task that only crashes, or one planned for another configuration, ends here instead of looping or waiting for ever. */
  async function failHopeless(client: pg.PoolClient, fingerprint: string): Promise<void> {
    await client.query(
      `UPDATE sync_task SET status = 'failed', finished_at = clock_timestamp(), seq = seq + 1, live = NULL,
              error = CASE WHEN fingerprint <> $1 THEN jsonb_build_object('code', 'configuration_changed', 'params', jsonb_build_object('source', source))
                           ELSE jsonb_build_object('code', 'poison_task', 'params', jsonb_build_object('crashes', crashes)) END
        WHERE status = 'interrupted' AND (fingerprint <> $1 OR crashes >= $2)`,
      [fingerprint, MAX_CRASHES],
    );
  }

  /** Ends every connection of an old epoch; without the right to do so the fence still holds. */
  async function endBackends(client: pg.PoolClient, epoch: number): Promise<void> {
    await client.query("SAVEPOINT ending");
    try {
      const { rows } = await client.query<{ ended: number }>(
        "SELECT count(pg_terminate_backend(pid, $2))::int AS ended FROM pg_stat_activity WHERE application_name = $1 AND datname = current_database()",
        [workName(epoch), TERMINATE_WAIT_MS],
      );
      await client.query("RELEASE SAVEPOINT ending");
      if (rows[0]?.ended) log.warn({ epoch, ended: rows[0].ended }, "connections of the previous holder ended");
    } catch (error) {
      await client.query("ROLLBACK TO SAVEPOINT ending");
      log.warn(
        { epoch, err: error instanceof Error ? error.message : error },
        "could not end the connections of the previous holder",
      );
    }
  }

  async function renew(epoch: number): Promise<boolean> {
    return reaching(async () => {
      const { rowCount } = await heartbeat.query(
        `UPDATE sync_lease SET expires_at = ${expiry}, renewed_at = clock_timestamp() WHERE name = 'sync' AND epoch = $1 AND holder = $2`,
        [epoch, holder],
      );
      return rowCount === 1;
    });
  }

  async function interrupt(taskId: string, epoch: number): Promise<void> {
    await transaction(pool, async (client) => {
      await client.query(LOCK_TIMEOUT);
      await give(client, epoch);
      await client.query(
        "UPDATE sync_task SET status = 'interrupted', live = NULL, seq = seq + 1 WHERE task_id = $1 AND epoch = $2",
        [taskId, epoch],
      );
    });
  }

  /** One transaction from taking to giving back: a start that comes meanwhile waits on the row. */
  async function forAMoment<T>(work: (session: MomentSession) => Promise<T>): Promise<T | null> {
    return transaction(pool, async (client) => {
      const lease = await lockLease(client);
      if (lease.live || (await taskInTheWay(client))) return null;
      if (lease.held) await endBackends(client, Number(lease.epoch));
      const epoch = await take(client, null);
      const result = await work(momentSession(client, epoch));
      // The fence is deferred to COMMIT; here it must look before the lease is given back.
      await client.query("SET CONSTRAINTS ALL IMMEDIATE");
      await give(client, epoch);
      return result;
    });
  }

  return { claimNew, claimInterrupted, renew, interrupt, forAMoment };
}
