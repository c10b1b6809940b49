import type pg from "pg";
import type { TaskAction } from "@/lib/contract/task";
import { afterCommand, type TaskCommand } from "@/lib/contract/task-rules";
import type { Commanded, TaskCommands } from "@/server/sync/command-ports";
import { announce } from "./announce";
import { writeAudit } from "./audit";
import { transaction } from "./connect";
import { isBySource, reopenSource } from "./closed-source-sql";
import { TASK_COLUMNS, type TaskRow, toTaskRecord } from "./task-row";
import { NO_PAUSE } from "./task-state-sql";

const ACTION: Record<TaskCommand, TaskAction> = { cancel: "cancelled", pause: "paused", resume: "resumed" };

/** What a command writes beside the new status `$2`; `$3` is who gave it. */
const ALSO: Record<TaskCommand, string> = {
  cancel: `cancelled_by = $3, live = CASE WHEN $2 = 'cancelled' THEN NULL ELSE live END,
           finished_at = CASE WHEN $2 = 'cancelled' THEN clock_timestamp() END`,
  pause: "paused_by = $3, pause_reason = 'person', pause_detail = NULL, resume_at = NULL",
  resume: `resumed_at = clock_timestamp(), ${NO_PAUSE}`,
};

/** Commands stand in the row of the task, under its lock: two people at once get one order of events, and the holder reads it there. `from` = this instance, as the others hear it. */
export function createTaskCommands(pool: pg.Pool, from: string): TaskCommands {
  const locked = (taskId: string, work: (client: pg.PoolClient, row: TaskRow) => Promise<Commanded>): Promise<Commanded> =>
    transaction(pool, async (client) => {
      await client.query("SET LOCAL lock_timeout = '5s'");
      await client.query("SELECT 1 FROM sync_task WHERE task_id = $1 FOR UPDATE", [taskId]);
      const row = await read(client, taskId);
      return row ? work(client, row) : { kind: "unknown" };
    });

  async function read(client: pg.PoolClient, taskId: string): Promise<TaskRow | undefined> {
    const { rows } = await client.query<TaskRow>(`SELECT ${TASK_COLUMNS} FROM sync_task t WHERE task_id = $1`, [taskId]);
    return rows[0];
  }

  async function done(client: pg.PoolClient, taskId: string): Promise<Commanded> {
    return { kind: "done", task: toTaskRecord((await read(client, taskId)) as TaskRow) };
  }

  return {
    command: (taskId, command, by) =>
      locked(taskId, async (client, row) => {
        const after = afterCommand(command, row.status);
        if (after === null) return { kind: "illegal", task: toTaskRecord(row) };
        if (after === "same") return { kind: "done", task: toTaskRecord(row) };
        const values = command === "resume" ? [taskId, after] : [taskId, after, by];
        await client.query(`UPDATE sync_task SET status = $2, seq = seq + 1, ${ALSO[command]} WHERE task_id = $1`, values);
        await writeAudit(client, taskId, ACTION[command], by);
        if (command === "resume" && isBySource(row.pause_reason)) await reopenSource(client, taskId, row.source);
        // What runs is for its holder to heed; everything else changes what waits.
        await announce(client, {
          from,
          what: after === "pausing" || after === "cancelling" ? "command" : "queue",
          task_id: taskId,
        });
        return done(client, taskId);
      }),

    reprioritise: (taskId, priority, by) =>
      locked(taskId, async (client, row) => {
        if (row.status !== "queued") return { kind: "illegal", task: toTaskRecord(row) };
        if (row.priority === priority) return { kind: "done", task: toTaskRecord(row) };
        await client.query("UPDATE sync_task SET priority = $2, seq = seq + 1 WHERE task_id = $1", [taskId, priority]);
        await writeAudit(client, taskId, "priority_changed", by);
        await announce(client, { from, what: "queue", task_id: taskId });
        return done(client, taskId);
      }),

    dequeue: (taskId, by) =>
      locked(taskId, async (client, row) => {
        if (row.status !== "queued") return { kind: "illegal", task: toTaskRecord(row) };
        await client.query(
          "UPDATE sync_task SET status = 'cancelled', cancelled_by = $2, finished_at = clock_timestamp(), seq = seq + 1 WHERE task_id = $1",
          [taskId, by],
        );
        await writeAudit(client, taskId, "cancelled", by);
        await announce(client, { from, what: "queue", task_id: taskId });
        return done(client, taskId);
      }),
  };
}
