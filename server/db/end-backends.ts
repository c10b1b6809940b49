import type pg from "pg";
import type { Log } from "@/server/sync/ports";

/** How long one waits for a backend to end. */
export const TERMINATE_WAIT_MS = 2_000;

/** Work connections are named after the epoch they serve: a thief, and the holder itself, end them by this name. */
export const workName = (epoch: number) => `dayfill:work:${epoch}`;

/**
 * Ends every other connection of an epoch, whatever it waits for: rows that never come, a lock, a slow COMMIT. Cutting the
 * line is not enough, for a backend does not look at it meanwhile. Inside a transaction; without the right to do so the fence
 * still holds. `onlyBusy`: those that do nothing are about to be closed by their owner.
 */
export async function endBackends(
  client: pg.PoolClient,
  epoch: number,
  log: Log,
  { onlyBusy } = { onlyBusy: false },
): Promise<void> {
  await client.query("SAVEPOINT ending");
  try {
    const { rows } = await client.query<{ ended: number }>(
      `SELECT count(pg_terminate_backend(pid, $2))::int AS ended FROM pg_stat_activity
        WHERE application_name = $1 AND datname = current_database() AND pid <> pg_backend_pid() AND (state <> 'idle' OR NOT $3)`,
      [workName(epoch), TERMINATE_WAIT_MS, onlyBusy],
    );
    await client.query("RELEASE SAVEPOINT ending");
    if (rows[0]?.ended) log.warn({ epoch, ended: rows[0].ended }, "connections of an epoch that is over ended");
  } catch (error) {
    await client.query("ROLLBACK TO SAVEPOINT ending");
    log.warn(
      { epoch, err: error instanceof Error ? error.message : error },
      "could not end the connections of an epoch that is over",
    );
  }
}
