import type { Socket } from "node:net";
import type pg from "pg";
import type { Day } from "@/lib/contract/day";
import { LeaseLostError } from "@/server/sync/errors";
import type { Log, PlannedDay, Wished, WorkSession } from "@/server/sync/ports";
import type { WrittenItem } from "@/server/sync/plan/plan";
import type { LiveState, TaskCounts } from "@/server/sync/task/task-record";
import { announce } from "./announce";
import type { Claimer } from "./lease-row";
import { readClosedDays } from "./closed-days-sql";
import { readClosedSource } from "./closed-source-sql";
import { type Connection, cutOff, openPool, reaching, transaction } from "./connect";
import { cuttable } from "./cut-calls";
import { type DayRow, DAY_COLUMNS, toOutcome } from "./day-row";
import { workName } from "./end-backends";
import { createStageStore } from "./stage";
import { finishTask } from "./finish-task";
import { holdsRealRows, readLedger } from "./ledger-sql";
import { watchLines } from "./line-watch";
import { recordComparison, recordOutcome, type StoreDayContext, storeDay } from "./store-day";
import { compareDay } from "./verify-day";

export interface WorkSessionOptions {
  connection: Connection;
  epoch: number;
  claimer: Claimer;
  loaders: number;
  statementTimeoutMs: number;
  log: Log;
}

/** A short question that is not answered by then was asked on a dead line. */
const ANSWER_WITHIN_MS = 1_500;
const PUBLISHED_WITHIN_MS = 10_000;
/** How long closing waits for the server's good-bye. */
const CLOSE_WITHIN_MS = 2_000;

/** Opens the connections of one run: the loaders and one more for counts and live state. */
export function openWorkSession(options: WorkSessionOptions): WorkSession {
  const { connection, epoch, claimer, log } = options;
  const applicationName = workName(epoch);
  const sockets = new Set<Socket>();
  const openWork = (max: number) => openPool({ connection, applicationName, max, statementTimeoutMs: null, sockets, log });
  const pool = openWork(options.loaders + 1);
  const clients = new Set<pg.PoolClient>();
  pool.on("connect", (client) => clients.add(client));
  pool.on("remove", (client) => clients.delete(client));
  /** The line of the last words: watched like the others, but a cancel does not cut it. */
  const lastLine = new Set<pg.PoolClient>();
  const lines = watchLines({ connection, applicationName, clients: () => [...clients, ...lastLine], log });
  const { statementTimeoutMs } = options;
  const cut = () => {
    for (const client of clients) cutOff(client);
  };
  const context = (taskId: string): StoreDayContext => ({ pool, epoch, taskId, statementTimeoutMs });

  const { calls, cut: cutCalls } = cuttable<Omit<WorkSession, "stage" | "cut" | "close" | "destroy">>({
    storeDay: (taskId, write, signal) => storeDay(context(taskId), write, signal),
    recordOutcome: (taskId, outcome, skipsBefore) => recordOutcome(context(taskId), outcome, skipsBefore),
    compareDay: (day, encoded, signal) => compareDay({ pool, epoch, statementTimeoutMs }, day, encoded, signal),
    recordComparison: (taskId, outcome, checksum, skipsBefore) =>
      recordComparison(context(taskId), outcome, checksum, skipsBefore),
    loadLedger: () => reaching(() => readLedger(pool)),
    loadClosedDays: (source) => reaching(() => readClosedDays(pool, source)),
    closedSource: (source) => reaching(() => readClosedSource(pool, source)),
    holdsRealRows: () => reaching(() => holdsRealRows(pool)),
    savePlan: (taskId, plan, predicted) =>
      transaction(pool, async (client) => {
        await insertPlan(client, taskId, epoch, plan);
        const fetchDays = plan.filter((item) => item.action === "fetch").length;
        const { rowCount } = await client.query(
          "UPDATE sync_task SET total = $3, fetch_days = $4, predicted = $5, seq = seq + 1 WHERE task_id = $1 AND epoch = $2",
          [taskId, epoch, plan.length, fetchDays, predicted],
        );
        if (rowCount !== 1) throw new LeaseLostError(`epoch ${epoch} is over`);
      }),
    loadPlan: (taskId) => reaching(() => loadPlan(pool, taskId)),
    publish: (taskId, counts, live, changed) =>
      transaction(pool, (client) =>
        answeredWithin(PUBLISHED_WITHIN_MS, client, () => publish(client, claimer.holder, epoch, taskId, counts, live, changed)),
      ),
    async finish(taskId, end) {
      // On a line of its own: those of the work may be dead without saying so.
      const fresh = openWork(1);
      fresh.on("connect", (client) => lastLine.add(client));
      fresh.on("remove", (client) => lastLine.delete(client));
      try {
        return await finishTask(fresh, { taskId, epoch, claimer, log, ...end });
      } finally {
        await closePool(fresh, () => {});
      }
    },
    wish: (taskId) => askWish(pool, taskId),
  });

  return {
    ...calls,
    stage: (taskId) => createStageStore({ pool, epoch, taskId }),
    cut,
    async close() {
      await closePool(pool, cut);
      await lines.stop();
    },
    destroy() {
      for (const socket of sockets) socket.destroy();
      cutCalls();
      void lines.stop().catch(() => {});
      void pool.end().catch(() => {});
    },
  };
}

/** Ends the pool; a line that does not say good-bye in time is cut. */
async function closePool(pool: pg.Pool, cut: () => void): Promise<void> {
  const timer = setTimeout(cut, CLOSE_WITHIN_MS);
  try {
    await pool.end();
  } finally {
    clearTimeout(timer);
  }
}

/** What people want of the task by now. Rejects with DatabaseAwayError when there is no answer in good time. */
function askWish(pool: pg.Pool, taskId: string): Promise<Wished> {
  return reaching(async () => {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      const { rows } = await answeredWithin(ANSWER_WITHIN_MS, client, () =>
        client.query<{ status: string; paused_by: string | null; cancelled_by: string | null }>(
          "SELECT status, paused_by, cancelled_by FROM sync_task WHERE task_id = $1",
          [taskId],
        ),
      );
      if (rows[0]?.status === "cancelling") return { wish: "cancel", by: rows[0].cancelled_by };
      if (rows[0]?.status === "pausing") return { wish: "pause", by: rows[0].paused_by };
      return { wish: "run", by: null };
    } catch (error) {
      broken = error as Error;
      throw error;
    } finally {
      client.release(broken);
    }
  });
}

/** Cuts the line when the work on it is not done in time: the work then fails as on any lost connection. */
async function answeredWithin<T>(ms: number, client: pg.PoolClient, work: () => Promise<T>): Promise<T> {
  const timer = setTimeout(() => cutOff(client), ms);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
}

async function insertPlan(client: pg.PoolClient, taskId: string, epoch: number, plan: WrittenItem[]): Promise<void> {
  await client.query(
    `INSERT INTO sync_task_day (task_id, epoch, date, position, plan_action, plan_reason)
     SELECT $1, $2, p.date, p.position, p.action, p.reason
       FROM unnest($3::date[], $4::text[], $5::text[]) WITH ORDINALITY AS p (date, action, reason, position)`,
    [taskId, epoch, plan.map((item) => item.date), plan.map((item) => item.action), plan.map((item) => item.reason)],
  );
}

async function loadPlan(pool: pg.Pool, taskId: string): Promise<PlannedDay[]> {
  const { rows } = await pool.query<DayRow & { plan_action: WrittenItem["action"]; plan_reason: WrittenItem["reason"] }>(
    `SELECT ${DAY_COLUMNS}, plan_action, plan_reason FROM sync_task_day WHERE task_id = $1 ORDER BY position`,
    [taskId],
  );
  return rows.map((row) => ({ date: row.date, action: row.plan_action, reason: row.plan_reason, outcome: toOutcome(row) }));
}

/** Counts, live state and the numbers of the changed days are one delta; a crash in progress is forgiven once a day is done. */
async function publish(
  client: pg.PoolClient,
  from: string,
  epoch: number,
  taskId: string,
  counts: TaskCounts,
  live: LiveState,
  changed: Day[],
): Promise<{ seq: number; days_seq: number }> {
  const { rows } = await client.query<{ seq: string; days_seq: string }>(
    `UPDATE sync_task SET success = $3, failed = $4, skipped = $5, suspect = $6, rows = $7, live = $8, seq = seq + 1,
              days_seq = days_seq + $9, crashes = CASE WHEN $9 = 1 THEN 0 ELSE crashes END
        WHERE task_id = $1 AND epoch = $2 AND status IN ('running', 'pausing', 'cancelling') RETURNING seq, days_seq`,
    [taskId, epoch, counts.success, counts.failed, counts.skipped, counts.suspect, counts.rows, live, changed.length > 0 ? 1 : 0],
  );
  const row = rows[0];
  if (!row) throw new LeaseLostError(`epoch ${epoch} is over`);
  if (changed.length > 0) {
    await client.query("UPDATE sync_task_day SET days_seq = $2, epoch = $3 WHERE task_id = $1 AND date = ANY ($4::date[])", [
      taskId,
      row.days_seq,
      epoch,
      changed,
    ]);
  }
  await announce(client, { from, what: changed.length > 0 ? "days" : "task", task_id: taskId });
  return { seq: Number(row.seq), days_seq: Number(row.days_seq) };
}
