import { randomUUID } from "node:crypto";
import type pg from "pg";
import { countDays, type Day, eachDay } from "@/lib/contract/day";
import type { Claimer } from "@/server/db/lease-row";
import { openPool } from "@/server/db/connect";
import { createLeaseStore } from "@/server/db/lease-store";
import { migrate } from "@/server/db/migrate";
import { createTaskCommands } from "@/server/db/task-commands";
import { openWorkSession } from "@/server/db/work-session";
import type { DayOutcome, DayWrite, RunEnd, WorkSession } from "@/server/sync/session-ports";
import type { Row } from "@/server/sync/rows/row";
import type { NewTask } from "@/server/sync/task/task-record";
import { createFakeLog } from "../support/fakes";
import { freshDatabase } from "../support/postgres";
import { encodeDay } from "../support/at-once";

export const FINGERPRINT = "files|XSHG|daily_stock_data";

/** A migrated database with a pool that looks at it from outside. */
export async function openBench() {
  const database = await freshDatabase();
  const log = createFakeLog();
  const pool = openPool({
    connection: { connectionString: database.url },
    applicationName: "test",
    max: 4,
    statementTimeoutMs: null,
    log,
  });
  await migrate(pool, log);
  const closing: (() => Promise<unknown>)[] = [];

  /** One instance's view of the lease, with connections of its own. */
  function instance(options: { ttlMs?: number; name?: string; url?: string; fingerprint?: string } = {}) {
    const connection = { connectionString: options.url ?? database.url };
    const api = openPool({ connection, applicationName: "dayfill:api", max: 8, statementTimeoutMs: 20_000, log });
    const heartbeat = openPool({ connection, applicationName: "dayfill:lease", max: 1, statementTimeoutMs: 3_000, log });
    const holder = randomUUID();
    const claimer: Claimer = {
      holder,
      holderName: options.name ?? "here:1",
      ttlMs: options.ttlMs ?? 60_000,
      fingerprint: options.fingerprint ?? FINGERPRINT,
    };
    closing.push(() => Promise.all([api.end(), heartbeat.end()]));
    const lease = createLeaseStore({ pool: api, heartbeat, claimer, log });
    return {
      holder,
      lease,
      commands: createTaskCommands(api, holder),
      /** The connections of a run of this instance. */
      session(epoch: number, more: { loaders?: number } = {}): WorkSession {
        const session = openWorkSession({
          connection,
          epoch,
          claimer,
          loaders: more.loaders ?? 2,
          statementTimeoutMs: 30_000,
          log,
        });
        closing.push(() => session.close().catch(() => {}));
        return session;
      },
    };
  }

  return {
    url: database.url,
    pool,
    log,
    instance,
    /** All rows of a question, dates and big numbers as text. */
    ask: async <Answer extends pg.QueryResultRow>(sql: string, values: unknown[] = []) =>
      (await pool.query<Answer>(sql, values)).rows,
    /** Lets the lease run out at once, by the clock of the database. */
    expire: () => pool.query("UPDATE sync_lease SET expires_at = clock_timestamp() - interval '1 ms'"),
    /** Holds the table against every writer, until it is let go or the test ends. */
    async lockTable(table = "daily_stock_data"): Promise<() => Promise<void>> {
      const client = await pool.connect();
      await client.query(`BEGIN; LOCK TABLE ${table} IN SHARE MODE`);
      let held = true;
      const letGo = async () => {
        if (!held) return;
        held = false;
        await client.query("COMMIT");
        client.release();
      };
      closing.push(letGo);
      return letGo;
    },
    /** Waits until somebody stands in front of a lock. */
    async someoneWaits(): Promise<void> {
      const waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
      while ((await pool.query(waiting)).rowCount === 0);
    },
    /** Codes of the day in the table, sorted. */
    async codes(day: Day): Promise<string[]> {
      const sql = "SELECT stock_code FROM daily_stock_data WHERE trade_date = $1 ORDER BY stock_code";
      return (await pool.query<{ stock_code: string }>(sql, [day])).rows.map(({ stock_code }) => stock_code);
    },
    /** An empty database for the next test, without the connections of this one. */
    async reset(): Promise<void> {
      for (const close of closing.splice(0).reverse()) await close();
      await pool.query(
        "TRUNCATE sync_task, sync_task_day, sync_day, sync_closed_day, sync_closed_source, sync_instance, daily_stock_data RESTART IDENTITY CASCADE",
      );
      await pool.query(
        "UPDATE sync_lease SET epoch = 0, holder = NULL, task_id = NULL, expires_at = '-infinity', renewed_at = NULL",
      );
      log.lines.length = 0;
    },
    async close(): Promise<void> {
      for (const close of closing.reverse()) await close();
      await pool.end();
      await database.drop();
    },
  };
}

export type Bench = Awaited<ReturnType<typeof openBench>>;

export function newTask(start: Day, end: Day, more: Partial<NewTask> = {}): NewTask {
  return {
    task_type: "web_batch",
    start_date: start,
    end_date: end,
    total_days: countDays(start, end),
    options: { force: false, accept_incomplete: false, order: "asc" },
    source: "files",
    fingerprint: FINGERPRINT,
    started_by: null,
    priority: 5,
    mayWait: false,
    idempotency: null,
    ...more,
  };
}

/** Claims a task that must be free to start, with all its days planned as fetches (`skip` days aside). */
export async function runningTask(bench: Bench, start: Day, end: Day, more: { skip?: Day[]; ttlMs?: number; url?: string } = {}) {
  const me = bench.instance(more);
  const claim = await me.lease.claimNew(newTask(start, end));
  if (claim.kind !== "claimed") throw new Error(`not claimed: ${JSON.stringify(claim)}`);
  const { task } = claim;
  const session = me.session(task.epoch as number);
  const days = eachDay(start, end);
  const plan = days.map((date) =>
    more.skip?.includes(date)
      ? ({ date, action: "skip", reason: "weekend" } as const)
      : ({ date, action: "fetch", reason: "missing" } as const),
  );
  await session.savePlan(task.task_id, plan, { seconds: null, fetch_days: days.length - (more.skip?.length ?? 0), rows: null });
  return { ...me, task, taskId: task.task_id, epoch: task.epoch as number, session, openSession: me.session };
}

export function row(day: Day, code: string, more: Partial<Row> = {}): Row {
  return {
    stock_code: code,
    stock_name: `N${code}`,
    trade_date: day,
    open_price: "1.00",
    close_price: "1.50",
    high_price: "2.00",
    low_price: "0.50",
    volume: "100",
    amount: "150.00",
    change_pct: null,
    change_amount: null,
    turnover_rate: null,
    amplitude: null,
    ...more,
  };
}

export const rowsOf = (day: Day, count: number): Row[] =>
  Array.from({ length: count }, (_, index) => row(day, String(600_000 + index)));

export function outcome(day: Day, more: Partial<DayOutcome> = {}): DayOutcome {
  const blank = { reason: null, rejected: 0, suspect: false, warnings: [], attempts: 1, error: null, duration_ms: 7, diff: null };
  return { date: day, status: "success", rows: 0, source: "files", ...blank, ...more };
}

/** What a good day hands to `storeDay`. */
export function write(day: Day, rows: Row[], more: Partial<DayWrite> = {}): DayWrite {
  const encoded = encodeDay(rows);
  return {
    outcome: outcome(day, { rows: rows.length }),
    encoded,
    state: "complete",
    confirmed: false,
    expected: null,
    startedMs: 0,
    durationMs: () => 7,
    skipsBefore: [],
    ...more,
  };
}

/** A failed day as the pipeline records it. */
export const failure = (day: Day): DayOutcome =>
  outcome(day, { status: "failed", reason: "source_empty", error: { code: "source_empty", params: {} } });

/** The end of a run that came to its end; nothing is handed over unless a test asks for it. */
export const completed: RunEnd = { status: "completed", error: null, rejudged: [], handOver: false };

/** For stores that nobody aborts. */
export const never = new AbortController().signal;
