import type { Socket } from "node:net";
import type pg from "pg";
import type { Log } from "@/server/sync/ports";
import type { Wished, WorkSession } from "@/server/sync/session-ports";
import type { Claimer } from "./lease-row";
import { readClosedDays } from "./closed-days-sql";
import { readClosedSource } from "./closed-source-sql";
import { type Connection, cutOff, openPool, reaching, transaction } from "./connect";
import { cuttable } from "./cut-calls";
import { workName } from "./end-backends";
import { createStageStore } from "./stage";
import { finishTask } from "./finish-task";
import { holdsRealRows, readLedger } from "./ledger-sql";
import { watchLines } from "./line-watch";
import { loadPlan, savePlan } from "./plan-sql";
import { publish } from "./publish-sql";
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
  const workSockets = new Set<Socket>();
  const lastSockets = new Set<Socket>();
  const openWork = (max: number, sockets: Set<Socket>) =>
    openPool({ connection, applicationName, max, statementTimeoutMs: null, sockets, log });
  const pool = openWork(options.loaders + 1, workSockets);
  const clients = new Set<pg.PoolClient>();
  let isCut = false;
  pool.on("connect", (client) => {
    clients.add(client);
    // Work that still stood in the queue of the pool gets no line any more.
    if (isCut) cutOff(client);
  });
  pool.on("remove", (client) => clients.delete(client));
  /** The line of the last words: watched like the others, but a cancel does not cut it. */
  const lastLine = new Set<pg.PoolClient>();
  const lines = watchLines({ connection, applicationName, clients: () => [...clients, ...lastLine], log });
  const { statementTimeoutMs } = options;
  /** Also lines that are still being made: what is sent on them would wait for a lock, or for ever. */
  const cut = () => {
    isCut = true;
    destroyAll(workSockets);
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
    savePlan: (taskId, plan, predicted) => savePlan(pool, { taskId, epoch }, plan, predicted),
    loadPlan: (taskId) => reaching(() => loadPlan(pool, taskId)),
    publish: (taskId, counts, live, changed) =>
      transaction(pool, (client) =>
        answeredWithin(PUBLISHED_WITHIN_MS, client, () =>
          publish(client, claimer.holder, { taskId, epoch, counts, live, changed }),
        ),
      ),
    async finish(taskId, end) {
      // On a line of its own: those of the work may be dead without saying so.
      const fresh = openWork(1, lastSockets);
      fresh.on("connect", (client) => lastLine.add(client));
      fresh.on("remove", (client) => lastLine.delete(client));
      try {
        return await finishTask(fresh, { taskId, epoch, claimer, log, ...end });
      } finally {
        await closePool(fresh, () => destroyAll(lastSockets));
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
      cut();
      destroyAll(lastSockets);
      cutCalls();
      void lines.stop().catch(() => {});
      void pool.end().catch(() => {});
    },
  };
}

function destroyAll(sockets: ReadonlySet<Socket>): void {
  for (const socket of sockets) socket.destroy();
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
