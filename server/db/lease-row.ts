import type pg from "pg";
import { LeaseLostError } from "@/server/sync/errors";
import { refuseRivals } from "./instances";

/** No claim waits for the row longer than this. */
export const LOCK_TIMEOUT = "SET LOCAL lock_timeout = '5s'";

/** Who claims, and for how long at a time. */
export interface Claimer {
  holder: string;
  holderName: string;
  ttlMs: number;
  /** What must be equal on all instances of one database; a task of another one is never run. */
  fingerprint: string;
  /** Hears of the tasks that are given up in this transaction, before it commits. */
  onGivenUp?(taskIds: string[]): void;
}

/** The lease as its row says it: `live` = held, and not run out. */
export interface LeaseRow {
  epoch: string;
  held: boolean;
  live: boolean;
  task_id: string | null;
}

/** Held without a task: outside a transaction only a test of the source does that. */
export const isBeingTested = (lease: LeaseRow) => lease.live && lease.task_id === null;

/** SQL of the moment a lease taken now runs out: by the database's clock, for `now()` is the transaction's start and lies. */
export const expiryOf = (ttlMs: number) => `clock_timestamp() + interval '${ttlMs} milliseconds'`;

/** What the row says of a lease that nobody holds. Every change of hands is an epoch. */
const FREE = "holder = NULL, epoch = epoch + 1, task_id = NULL, expires_at = '-infinity'";

/** Locks the row for this transaction. Throws RivalError where another configuration stands in the way. */
export async function lockLease(client: pg.PoolClient, claimer: Claimer): Promise<LeaseRow> {
  await client.query(LOCK_TIMEOUT);
  const { rows } = await client.query<LeaseRow>(
    `SELECT epoch, holder IS NOT NULL AS held, holder IS NOT NULL AND expires_at > clock_timestamp() AS live, task_id
       FROM sync_lease WHERE name = 'sync' FOR UPDATE`,
  );
  if (!rows[0])
    throw new Error(
      "the lease row is missing: sync_lease must hold one row named 'sync'; restore it or migrate a fresh database",
    );
  await refuseRivals(client, { id: claimer.holder, fingerprint: claimer.fingerprint }, claimer.ttlMs);
  return rows[0];
}

/** Takes the lease, whose row this transaction has locked; returns the new epoch. */
export async function takeLease(client: pg.PoolClient, claimer: Claimer, taskId: string | null): Promise<number> {
  const { rows } = await client.query<{ epoch: string }>(
    `UPDATE sync_lease SET epoch = epoch + 1, holder = $1, holder_info = jsonb_build_object('name', $2::text), task_id = $3,
            expires_at = ${expiryOf(claimer.ttlMs)}, renewed_at = clock_timestamp()
      WHERE name = 'sync' RETURNING epoch`,
    [claimer.holder, claimer.holderName, taskId],
  );
  return Number(rows[0]?.epoch);
}

/** Gives the lease back. Throws LeaseLostError where the epoch is over. */
export async function giveLease(client: pg.PoolClient, epoch: number, holder: string): Promise<void> {
  const { rowCount } = await client.query(`UPDATE sync_lease SET ${FREE} WHERE name = 'sync' AND epoch = $1 AND holder = $2`, [
    epoch,
    holder,
  ]);
  if (rowCount !== 1) throw new LeaseLostError(`epoch ${epoch} is over`);
}

/** Frees the lease of a holder that is gone; this transaction has locked the row. */
export async function freeLease(client: pg.PoolClient): Promise<void> {
  await client.query(`UPDATE sync_lease SET ${FREE} WHERE name = 'sync'`);
}
