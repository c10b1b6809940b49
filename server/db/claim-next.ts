import type pg from "pg";
import type { SystemPauseReason } from "@/lib/contract/task";
import type { TaskRecord } from "@/server/sync/task/task-record";
import { announce } from "./announce";
import { writeAudit } from "./audit";
import { type Claimer, takeLease } from "./lease-row";
import { TASK_COLUMNS, type TaskRow, toTaskRecord } from "./task-row";
import { NO_PAUSE, PAUSE_IS_OVER } from "./task-state-sql";

/** A task that crashed this often without finishing a day is not tried again. */
export const MAX_CRASHES = 3;

/** What may be claimed by now, and in which order. */
const CLAIMABLE = `((status IN ('interrupted', 'queued') AND (not_before IS NULL OR not_before <= clock_timestamp())) OR (${PAUSE_IS_OVER}))`;
const IN_TURN =
  "status = 'interrupted' DESC, CASE WHEN status = 'paused' THEN resume_at ELSE resumed_at END NULLS LAST, priority DESC, ordinal";

/** The waiting task whose turn it is: it runs before whatever is started now. Null = nothing waits, or only for its hour. */
export async function nextInTurn(client: pg.PoolClient, fingerprint: string): Promise<string | null> {
  const { rows } = await client.query<{ task_id: string }>(
    `SELECT task_id FROM sync_task WHERE ${CLAIMABLE} AND fingerprint = $1 ORDER BY ${IN_TURN} LIMIT 1`,
    [fingerprint],
  );
  return rows[0]?.task_id ?? null;
}

/**
 * Claims what runs next under the locked, free lease: interrupted tasks, then resumed ones and those whose pause by the
 * system is over, then the queue by priority and age. Null = nothing waits.
 */
export async function claimNextTask(client: pg.PoolClient, claimer: Claimer): Promise<TaskRecord | null> {
  await failHopeless(client, claimer);
  const { rows } = await client.query<{ task_id: string; status: string; pause_reason: SystemPauseReason | null }>(
    // One of another configuration may have been resumed after the statement above.
    `SELECT task_id, status, pause_reason FROM sync_task
      WHERE ${CLAIMABLE} AND fingerprint = $1 ORDER BY ${IN_TURN} LIMIT 1 FOR UPDATE SKIP LOCKED`,
    [claimer.fingerprint],
  );
  const next = rows[0];
  if (!next) return null;
  const epoch = await takeLease(client, claimer, next.task_id);
  if (next.status === "interrupted") await writeAudit(client, next.task_id, "taken_over", null);
  if (next.status === "paused") await writeAudit(client, next.task_id, "resumed", null, next.pause_reason);
  const taken = await client.query<TaskRow>(
    `WITH t AS (
       UPDATE sync_task SET status = 'running', epoch = $2, holder = $3, seq = seq + 1, started_at = coalesce(started_at, clock_timestamp()),
              not_before = NULL, resumed_at = NULL, live = NULL, ${NO_PAUSE}
        WHERE task_id = $1 RETURNING *
     ) SELECT ${TASK_COLUMNS} FROM t`,
    [next.task_id, epoch, claimer.holderName],
  );
  await announce(client, { from: claimer.holder, what: "task", task_id: next.task_id });
  return toTaskRecord(taken.rows[0] as TaskRow);
}

/** A task that only crashes, or one planned for another configuration, ends here instead of looping or waiting for ever. */
async function failHopeless(client: pg.PoolClient, claimer: Claimer): Promise<void> {
  const { rows } = await client.query<{ task_id: string }>(
    `UPDATE sync_task SET status = 'failed', finished_at = clock_timestamp(), seq = seq + 1, live = NULL,
            error = CASE WHEN fingerprint <> $1 THEN jsonb_build_object('code', 'configuration_changed', 'params',
                              jsonb_build_object('planned', replace(fingerprint, '|', ' · '), 'here', replace($1, '|', ' · ')))
                         ELSE jsonb_build_object('code', 'poison_task', 'params', jsonb_build_object('crashes', crashes)) END
      WHERE ((status IN ('interrupted', 'queued') OR (${PAUSE_IS_OVER})) AND fingerprint <> $1) OR (status = 'interrupted' AND crashes >= $2) RETURNING task_id`,
    [claimer.fingerprint, MAX_CRASHES],
  );
  if (rows.length === 0) return;
  await announce(client, { from: claimer.holder, what: "queue" });
  claimer.onGivenUp?.(rows.map((row) => row.task_id));
}
