import type pg from "pg";
import type { Claim, LeaseStore, MomentSession } from "@/server/sync/lease-ports";
import type { Log } from "@/server/sync/ports";
import type { FireKey, FireOver } from "@/server/sync/schedule-ports";
import type { NewTask, TaskRecord } from "@/server/sync/task/task-record";
import { reaching, transaction } from "./connect";
import { announce } from "./announce";
import { writeAudit } from "./audit";
import { claimNextTask, nextInTurn } from "./claim-next";
import { endBackends } from "./end-backends";
import { recountTask } from "./finish-task";
import {
  type Claimer,
  expiryOf,
  freeLease,
  giveLease,
  isBeingTested,
  LOCK_TIMEOUT,
  lockLease,
  type LeaseRow,
  takeLease,
} from "./lease-row";
import { momentSession } from "./moment-session";
import { countQueued, freeTaskId, insertQueued, insertRunning, MAX_QUEUED, taskOfKey } from "./new-task";
import { settleFire, takeFire, waitingTwin } from "./schedule-fire";
import { IS_AT_WORK, isBusySql, LEFT_BY_HOLDER } from "./task-state-sql";

export interface LeaseStoreOptions {
  pool: pg.Pool;
  /** A pool of one connection: renewals never wait behind anything else. */
  heartbeat: pg.Pool;
  claimer: Claimer;
  log: Log;
}

/** The lease row of 3-engine.md. All expiries by `clock_timestamp()`: `now()` is the transaction's start and lies. */
export function createLeaseStore(options: LeaseStoreOptions): LeaseStore {
  const { pool, heartbeat, claimer, log } = options;
  const { holder } = claimer;
  const expiry = expiryOf(claimer.ttlMs);

  async function taskInTheWay(client: pg.PoolClient): Promise<string | null> {
    const { rows } = await client.query<{ task_id: string }>(
      `SELECT task_id FROM sync_task WHERE ${isBusySql()} ORDER BY ordinal LIMIT 1`,
    );
    return rows[0]?.task_id ?? null;
  }

  function claimNew(task: NewTask): Promise<Claim>;
  function claimNew(task: NewTask, fire: FireKey | undefined): Promise<Claim | FireOver>;
  async function claimNew(task: NewTask, fire?: FireKey): Promise<Claim | FireOver> {
    return transaction(pool, async (client): Promise<Claim | FireOver> => {
      const lease = await lockLease(client, claimer);
      if (!fire) return claimUnder(client, lease, task);
      if (!(await takeFire(client, fire))) return { kind: "fired_already" };
      // A test is over in a moment: no schedule is skipped for it.
      const patient = isBeingTested(lease) ? { ...task, mayWait: true } : task;
      const claim = fire.again ? await queue(client, task, fire.again.not_before_ms) : await claimUnder(client, lease, patient);
      await announce(client, { from: holder, what: "schedule" });
      return settleFire(client, fire, claim);
    });
  }

  async function claimUnder(client: pg.PoolClient, lease: LeaseRow, task: NewTask): Promise<Claim> {
    const known = task.idempotency && (await taskOfKey(client, task.idempotency));
    if (known) return known.isSame ? { kind: "replayed", task: known.task, wasQueued: known.wasQueued } : { kind: "key_reused" };
    // Nobody jumps the queue: between a stop or a resume and the next look the task whose turn it is counts as running.
    const waits = task.mayWait ? () => queue(client, task) : null;
    const inTheWay = await whoIsInTheWay(client, lease, task.fingerprint);
    if (inTheWay) return waits ? waits() : { kind: "busy", taskId: inTheWay };
    if (isBeingTested(lease)) return waits ? waits() : { kind: "being_tested" };
    if (lease.held) await endBackends(client, Number(lease.epoch), log);
    const id = await freeTaskId(client, task);
    const epoch = await takeLease(client, claimer, id);
    await announce(client, { from: holder, what: "task", task_id: id });
    return { kind: "claimed", task: await insertRunning(client, task, id, epoch, claimer) };
  }

  async function whoIsInTheWay(client: pg.PoolClient, lease: LeaseRow, fingerprint: string): Promise<string | null> {
    return (lease.live ? lease.task_id : null) ?? (await taskInTheWay(client)) ?? (await nextInTurn(client, fingerprint));
  }

  async function queue(client: pg.PoolClient, task: NewTask, notBeforeMs: number | null = null): Promise<Claim> {
    const twin = await waitingTwin(client, task, notBeforeMs !== null);
    if (twin) return { kind: "queued", task: twin };
    if ((await countQueued(client)) >= MAX_QUEUED) return { kind: "queue_full" };
    const waiting = await insertQueued(client, task, notBeforeMs);
    await announce(client, { from: holder, what: "queue", task_id: waiting.task_id });
    return { kind: "queued", task: waiting };
  }

  async function claimNext(): Promise<TaskRecord | null> {
    return transaction(pool, async (client) => {
      const lease = await lockLease(client, claimer);
      if (lease.live) return null;
      if (lease.held) {
        await endBackends(client, Number(lease.epoch), log);
        await leaveBehind(client);
      }
      const next = await claimNextTask(client, claimer);
      if (!next && lease.held) await freeLease(client);
      return next;
    });
  }

  /** The holder is gone: its task waits for a takeover, or is what people had asked for. */
  async function leaveBehind(client: pg.PoolClient): Promise<void> {
    const { rows } = await client.query<{ task_id: string; status: string }>(
      `UPDATE sync_task SET ${LEFT_BY_HOLDER}, crashes = crashes + 1, takeovers = takeovers + 1 WHERE ${IS_AT_WORK} RETURNING task_id, status`,
    );
    for (const { task_id, status } of rows) {
      await recountTask(client, task_id);
      if (status === "interrupted") await writeAudit(client, task_id, "interrupted", null);
      await announce(client, { from: holder, what: "task", task_id });
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

  async function holdForTest(): ReturnType<LeaseStore["holdForTest"]> {
    return transaction(pool, async (client) => {
      const lease = await lockLease(client, claimer);
      const taskId = await whoIsInTheWay(client, lease, claimer.fingerprint);
      if (taskId) return { kind: "busy", taskId };
      if (isBeingTested(lease)) return { kind: "being_tested" };
      if (lease.held) await endBackends(client, Number(lease.epoch), log);
      return { kind: "held", epoch: await takeLease(client, claimer, null) };
    });
  }

  async function giveBack(epoch: number): Promise<void> {
    await transaction(pool, async (client) => {
      await client.query(LOCK_TIMEOUT);
      await giveLease(client, epoch, holder);
      await announce(client, { from: holder, what: "released" });
    });
  }

  async function interrupt(taskId: string, epoch: number): Promise<void> {
    await transaction(pool, async (client) => {
      await client.query(LOCK_TIMEOUT);
      await endBackends(client, epoch, log, { onlyBusy: true });
      await giveLease(client, epoch, holder);
      const { rows } = await client.query<{ status: string }>(
        `UPDATE sync_task SET ${LEFT_BY_HOLDER} WHERE task_id = $1 AND epoch = $2 RETURNING status`,
        [taskId, epoch],
      );
      await recountTask(client, taskId);
      if (rows[0]?.status === "interrupted") await writeAudit(client, taskId, "interrupted", null);
      await announce(client, { from: holder, what: "released", task_id: taskId });
    });
  }

  /** One transaction from taking to giving back: a start that comes meanwhile waits on the row. */
  async function forAMoment<T>(work: (session: MomentSession) => Promise<T>, { atBoot } = { atBoot: false }): Promise<T | null> {
    return transaction(pool, async (client) => {
      const lease = await lockLease(client, claimer);
      if (lease.live || (!atBoot && (await taskInTheWay(client)))) return null;
      if (lease.held) {
        await endBackends(client, Number(lease.epoch), log);
        // The lease is given back below: nobody would see any more that a holder was lost.
        await leaveBehind(client);
      }
      const epoch = await takeLease(client, claimer, null);
      const result = await work(momentSession(client, epoch, holder));
      // The fence is deferred to COMMIT; here it must look before the lease is given back.
      await client.query("SET CONSTRAINTS ALL IMMEDIATE");
      await giveLease(client, epoch, holder);
      return result;
    });
  }

  return { claimNew, claimNext, renew, holdForTest, giveBack, interrupt, forAMoment };
}
