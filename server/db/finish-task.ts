import type pg from "pg";
import { LeaseLostError } from "@/server/sync/errors";
import type { Log } from "@/server/sync/ports";
import type { Finished, RunEnd } from "@/server/sync/session-ports";
import { announce } from "./announce";
import { writeAudit } from "./audit";
import { claimNextTask } from "./claim-next";
import { keepClosedSource } from "./closed-source-sql";
import { transaction } from "./connect";
import { endBackends } from "./end-backends";
import { type Claimer, expiryOf, giveLease } from "./lease-row";
import { ownEnd } from "./own-end";
import { TASK_COLUMNS, type TaskRow, toTaskRecord } from "./task-row";

export interface TaskEnd extends RunEnd {
  taskId: string;
  epoch: number;
  claimer: Claimer;
  log: Log;
}

/**
 * Last skips, new judgements, final counts and status, the release of the lease and the hand-over to what waits in one
 * transaction: a client that saw `completed` can start at once. Counts come from the days themselves, not from memory.
 * Asked for once more, because the answer got lost, it tells what came of it.
 */
export async function finishTask(pool: pg.Pool, end: TaskEnd): Promise<Finished> {
  const { taskId, epoch } = end;
  return transaction(pool, async (client) => {
    // Before the lease is asked for: a COMMIT behind its fence holds it, and may take its time.
    if (wasCut(end)) await endBackends(client, epoch, end.log);
    // Nobody renews any more. As long as nobody took over, the holder may end its task, and the fence must let its words pass.
    const { rowCount } = await client.query(
      `UPDATE sync_lease SET expires_at = ${expiryOf(end.claimer.ttlMs)} WHERE name = 'sync' AND epoch = $1 AND holder = $2`,
      [epoch, end.claimer.holder],
    );
    if (rowCount !== 1) {
      const told = await ownEnd(client, { ...end, holder: end.claimer.holder });
      if (told) return told;
      throw new LeaseLostError(`epoch ${epoch} is over`);
    }
    if (end.status === "completed") await client.query(SETTLE_LAST_SKIPS, [taskId, epoch]);
    if (end.rejudged.length > 0) await rejudge(client, end);
    const told = await client.query(NUMBER_LAST_DAYS, [taskId, epoch]);
    // The fence is deferred to COMMIT; here it must look before the lease is given back.
    await client.query("SET CONSTRAINTS ALL IMMEDIATE");
    await client.query(CLOSE_TASK, [taskId, end.status, end.error, (told.rowCount ?? 0) > 0 ? 1 : 0]);
    if (end.pause) {
      await writePause(client, taskId, end.pause);
      // Also where the task was cancelled or paused by a person meanwhile: what the source said is true all the same.
      if (end.pause.heardFrom) await keepClosedSource(client, end.pause.heardFrom, end.pause);
    }
    await recountTask(client, taskId);
    const { rows } = await client.query<TaskRow>(`SELECT ${TASK_COLUMNS} FROM sync_task t WHERE task_id = $1`, [taskId]);
    await giveLease(client, epoch, end.claimer.holder);
    const next = end.handOver ? await claimNextTask(client, end.claimer) : null;
    await announce(client, { from: end.claimer.holder, what: next ? "task" : "released", task_id: taskId });
    return { task: toTaskRecord(rows[0] as TaskRow), next };
  });
}

/** Says why the system paused the task and until when; a pause or a cancel by a person that came meanwhile stands as it is. */
async function writePause(client: pg.PoolClient, taskId: string, pause: NonNullable<RunEnd["pause"]>): Promise<void> {
  const { rowCount } = await client.query(
    `UPDATE sync_task SET pause_reason = $2, pause_detail = $3, resume_at = to_timestamp($4::float8 / 1000), pauses = $5
      WHERE task_id = $1 AND status = 'paused' AND pause_reason IS NULL`,
    [taskId, pause.reason, pause.detail, pause.resumeMs, pause.turn],
  );
  if (rowCount === 1) await writeAudit(client, taskId, "paused", null, pause.reason);
}

/** Ends of which work was cut off: its connections may be silent, and its backends still busy. */
function wasCut({ status }: Pick<RunEnd, "status">): boolean {
  return status === "cancelled" || status === "failed";
}

/** Counts of a task from what its days say. */
export async function recountTask(client: pg.PoolClient, taskId: string): Promise<void> {
  await client.query(
    `UPDATE sync_task SET success = c.success, failed = c.failed, skipped = c.skipped, suspect = c.suspect, rows = c.rows
       FROM (SELECT count(*) FILTER (WHERE status = 'success') AS success, count(*) FILTER (WHERE status = 'failed') AS failed,
                    count(*) FILTER (WHERE status = 'skipped') AS skipped, count(*) FILTER (WHERE suspect) AS suspect,
                    coalesce(sum(rows) FILTER (WHERE status = 'success'), 0) AS rows
               FROM sync_task_day WHERE task_id = $1) c
      WHERE task_id = $1`,
    [taskId],
  );
}

/** Days that the watchers were not told of yet become the last delta. */
const NUMBER_LAST_DAYS = `UPDATE sync_task_day SET days_seq = (SELECT days_seq + 1 FROM sync_task WHERE task_id = $1), epoch = $2
  WHERE task_id = $1 AND status <> 'pending' AND days_seq IS NULL`;

const SETTLE_LAST_SKIPS = `UPDATE sync_task_day SET status = 'skipped', reason = plan_reason, epoch = $2, finished_at = clock_timestamp()
  WHERE task_id = $1 AND plan_action = 'skip' AND status = 'pending'`;

/** A cancel that came while the task was being paused wins: it was asked last. */
const CLOSE_TASK = `UPDATE sync_task SET status = CASE WHEN $2 = 'paused' AND status = 'cancelling' THEN 'cancelled' ELSE $2 END, error = $3, live = NULL,
    finished_at = CASE WHEN $2 = 'paused' AND status <> 'cancelling' THEN NULL ELSE clock_timestamp() END, seq = seq + 1, days_seq = days_seq + $4
  WHERE task_id = $1`;

/** The day's state in the ledger, and the mark on this task's own day if it stored it. */
async function rejudge(client: pg.PoolClient, end: TaskEnd): Promise<void> {
  const dates = end.rejudged.map((day) => day.date);
  const states = end.rejudged.map((day) => day.state);
  const warnings = end.rejudged.map((day) => (day.warning ? JSON.stringify([day.warning]) : null));
  const judged = "unnest($1::date[], $2::text[], $3::jsonb[]) AS j (date, state, warning)";
  await client.query(
    `UPDATE sync_day d SET state = j.state, epoch = $4, warnings = (${WITHOUT_FEW_ROWS}) || coalesce(j.warning, '[]')
       FROM ${judged} WHERE d.date = j.date`,
    [dates, states, warnings, end.epoch],
  );
  await client.query(
    `UPDATE sync_task_day d SET suspect = (j.state = 'suspect'), reason = CASE WHEN j.state = 'suspect' THEN 'few_rows' END, epoch = $4, days_seq = NULL,
            warnings = (${WITHOUT_FEW_ROWS}) || coalesce(j.warning, '[]')
       FROM ${judged} WHERE d.task_id = $5 AND d.date = j.date AND d.status = 'success'`,
    [dates, states, warnings, end.epoch, end.taskId],
  );
}

const WITHOUT_FEW_ROWS = `SELECT coalesce(jsonb_agg(w), '[]') FROM jsonb_array_elements(d.warnings) w WHERE w ->> 'code' NOT IN ('few_rows', 'fewer_than_expected')`;
