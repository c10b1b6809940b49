import type pg from "pg";
import type { PauseReason, SystemPauseReason } from "@/lib/contract/task";
import type { SystemPause } from "@/server/sync/errors";
import type { SourceIdentity } from "@/server/sync/source-ports";
import { msOf } from "./task-row";

/** Pauses for which it is the source that gives nothing before a time to come. */
const BY_SOURCE = ["quota", "banned", "rate_limited"] as const satisfies readonly SystemPauseReason[];
const IS_BY_SOURCE = `pause_reason IN (${BY_SOURCE.map((reason) => `'${reason}'`).join(", ")})`;

/** True for a pause that the source is the reason of. */
export function isBySource(reason: PauseReason | null): boolean {
  return BY_SOURCE.some((one) => one === reason);
}

/** Why a source gives nothing before a time to come; null = it is open. An allowance is that of its account, a ban that of the address. */
export async function readClosedSource(pool: pg.Pool, { name, account }: SourceIdentity): Promise<SystemPause | null> {
  const { rows } = await pool.query<{ reason: SystemPauseReason; resume_ms: number; detail: string | null }>(
    `SELECT reason, ${msOf("until")} AS resume_ms, detail FROM sync_closed_source
      WHERE source = $1 AND until > clock_timestamp() AND (reason = 'banned' OR account IS NULL OR account = $2)`,
    [name, account ?? null],
  );
  const pause = rows[0];
  return pause ? { reason: pause.reason, resumeMs: pause.resume_ms, detail: pause.detail } : null;
}

/** Keeps what the source said last. */
export async function keepClosedSource(
  db: pg.Pool | pg.PoolClient,
  { name, account }: SourceIdentity,
  { reason, detail, resumeMs }: SystemPause,
): Promise<void> {
  await db.query(
    `INSERT INTO sync_closed_source (source, reason, detail, until, account) VALUES ($1, $2, $3, to_timestamp($4::float8 / 1000), $5)
     ON CONFLICT (source) DO UPDATE SET reason = EXCLUDED.reason, detail = EXCLUDED.detail, until = EXCLUDED.until,
       account = EXCLUDED.account, learnt_at = clock_timestamp()`,
    [name, reason, detail, resumeMs, account ?? null],
  );
}

/**
 * Somebody says that the source is open again: what it said is forgotten, and what else is paused for its sake may go on too.
 * A task that is being told something at this moment is passed over.
 */
export async function reopenSource(client: pg.PoolClient, taskId: string, source: string): Promise<void> {
  await client.query("DELETE FROM sync_closed_source WHERE source = $1", [source]);
  await client.query(
    `UPDATE sync_task SET resume_at = clock_timestamp(), seq = seq + 1 WHERE task_id IN (
       SELECT task_id FROM sync_task WHERE status = 'paused' AND source = $2 AND task_id <> $1 AND ${IS_BY_SOURCE}
          AND resume_at > clock_timestamp() FOR UPDATE SKIP LOCKED)`,
    [taskId, source],
  );
}
