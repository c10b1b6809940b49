import type pg from "pg";
import { type Membership, type Rival, RivalError, seenWithinMs } from "@/server/sync/instances/membership";
import type { Instance } from "@/server/sync/asked/reads";
import { announce, tells, textOf } from "./announce";
import { transaction } from "./connect";
import { msOf } from "./task-row";

/** SQL that is true for an instance `i` that counts: it gave a sign of life lately, by the database's clock. */
export const countsSql = (leaseTtlMs: number) =>
  `i.seen_at > clock_timestamp() - interval '${seenWithinMs(leaseTtlMs)} milliseconds'`;

/** Living instances of another configuration. One that holds the lease lives, however long it was not seen. */
async function readRivals(
  client: Pick<pg.PoolClient, "query">,
  me: { id: string; fingerprint: string },
  ttlMs: number,
): Promise<Rival[]> {
  const { rows } = await client.query<Rival>(
    `SELECT i.name, i.address, i.fingerprint, ${msOf("i.started_at")} AS "startedMs", ${msOf("i.seen_at")} AS "seenMs"
       FROM sync_instance i
      WHERE i.fingerprint <> $1 AND i.id <> $2
        AND (${countsSql(ttlMs)} OR EXISTS (SELECT 1 FROM sync_lease l WHERE l.holder = i.id AND l.expires_at > clock_timestamp()))
      ORDER BY i.started_at, i.id LIMIT 5`,
    [me.fingerprint, me.id],
  );
  return rows;
}

/** Throws RivalError where a living instance of another configuration stands in the way: nothing is claimed then. */
export async function refuseRivals(
  client: Pick<pg.PoolClient, "query">,
  me: { id: string; fingerprint: string },
  ttlMs: number,
): Promise<void> {
  const [rival] = await readRivals(client, me, ttlMs);
  if (rival) throw new RivalError(rival, me.fingerprint);
}

/** One at a time, also against the beats of the others: two configurations that join at once see each other. */
const ALONE = "SET LOCAL lock_timeout = '5s'; LOCK TABLE sync_instance IN SHARE ROW EXCLUSIVE MODE";

async function join(pool: pg.Pool, me: Instance, watching: number, ttlMs: number): Promise<{ rivals: Rival[]; nowMs: number }> {
  return transaction(pool, async (client) => {
    await client.query(ALONE);
    const { rows } = await client.query<{ now_ms: number }>(`SELECT ${msOf("clock_timestamp()")} AS now_ms`);
    const nowMs = rows[0]?.now_ms ?? 0;
    const rivals = await readRivals(client, me, ttlMs);
    if (rivals.length > 0) return { rivals, nowMs };
    await client.query(
      `INSERT INTO sync_instance (id, name, address, version, fingerprint, watching) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (id) DO UPDATE SET seen_at = clock_timestamp(), watching = EXCLUDED.watching`,
      [me.id, me.name, me.address, me.version, me.fingerprint, watching],
    );
    await announce(client, { from: me.id, what: "instances" });
    return { rivals, nowMs };
  });
}

/**
 * A sign of life; the living instances of another configuration come back. An instance that was not seen for too long (its
 * line was cut) joins anew: meanwhile another configuration may have come, and then it stays out and takes nobody's place.
 */
export async function beat(pool: pg.Pool, me: Instance, watching: number, ttlMs: number): Promise<Rival[]> {
  const { rowCount } = await pool.query({
    name: "instance-beat",
    text: `UPDATE sync_instance i SET seen_at = clock_timestamp(), watching = $2 WHERE id = $1 AND ${countsSql(ttlMs)}`,
    values: [me.id, watching],
  });
  return rowCount === 1 ? [] : (await join(pool, me, watching, ttlMs)).rivals;
}

/** How this instance joins and leaves. */
export function createMembership(pool: pg.Pool, me: Instance, ttlMs: number): Membership {
  return {
    join: () => join(pool, me, 0, ttlMs),
    async leave() {
      await pool.query(`WITH gone AS (DELETE FROM sync_instance WHERE id = $1 RETURNING 1) SELECT ${tells("$2")} FROM gone`, [
        me.id,
        textOf({ from: me.id, what: "instances" }),
      ]);
    },
  };
}
