import { randomUUID } from "node:crypto";
import { type Duplex, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { DatabaseAwayError, DayFailure, LeaseLostError } from "@/server/sync/errors";
import type { DayOutcome, DayWrite } from "@/server/sync/ports";
import { isAway, reaching, sqlState } from "./connect";
import { COPY_COLUMNS } from "./copy-text";

/** SQLSTATE of the fence. */
const FENCED = "SY001";
const CHUNK_BYTES = 64 * 1024;

export interface StoreDayContext {
  pool: pg.Pool;
  epoch: number;
  taskId: string;
  statementTimeoutMs: number;
}

/**
 * One day in one transaction: the old rows go, the new ones come by COPY, ledger and outcome with them, or nothing at all.
 * The fence runs inside COMMIT. A COMMIT whose answer never came is looked up in the ledger by its attempt, never guessed.
 */
export async function storeDay(context: StoreDayContext, write: DayWrite, signal: AbortSignal): Promise<void> {
  const { pool, epoch } = context;
  const attemptId = randomUUID();
  const client = await pool.connect().catch((error: unknown) => {
    throw translate(error, epoch);
  });
  let broken: Error | undefined;
  let committing = false;
  const cut = () => cutOff(client);
  signal.addEventListener("abort", cut, { once: true });
  try {
    signal.throwIfAborted();
    await client.query(opening(context, write.outcome));
    await copyRows(client, write);
    await client.query({ name: "record-stored", text: RECORD_STORED, values: storedValues(context, write, attemptId) });
    committing = true;
    await client.query("COMMIT");
  } catch (error) {
    broken = isAway(error) ? (error as Error) : await rollback(client);
    if (committing && isAway(error) && (await wasCommitted(pool, write.outcome.date, attemptId))) return;
    throw translate(error, epoch);
  } finally {
    signal.removeEventListener("abort", cut);
    client.release(broken);
  }
}

/** Ends a connection whatever it waits for: a backend in COPY listens to nothing else, and `pipeline` hangs on a half-open line. */
export function cutOff(client: pg.ClientBase): void {
  (client as unknown as { connection: { stream: Duplex } }).connection.stream.destroy();
}

/** Rows of a failed or skipped day stay as they are; only its outcome is written, through the same fence. */
export async function recordOutcome(context: StoreDayContext, outcome: DayOutcome, skipsBefore: string[]): Promise<void> {
  const client = await context.pool.connect().catch((error: unknown) => {
    throw translate(error, context.epoch);
  });
  let broken: Error | undefined;
  try {
    await client.query(`BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = '10s'`);
    await client.query(RECORD_OUTCOME, outcomeValues(context, outcome, skipsBefore));
    if (outcome.status === "failed") await client.query(RECORD_FAILED_DAY, failedDayValues(context, outcome));
    await client.query("COMMIT");
  } catch (error) {
    broken = isAway(error) ? (error as Error) : await rollback(client);
    throw translate(error, context.epoch);
  } finally {
    client.release(broken);
  }
}

/** BEGIN to DELETE in one round trip. The day is a checked `YYYY-MM-DD`, so it can stand in the text. */
function opening(context: StoreDayContext, outcome: DayOutcome): string {
  return `BEGIN ISOLATION LEVEL READ COMMITTED;
    SET LOCAL lock_timeout = '10s'; SET LOCAL statement_timeout = ${context.statementTimeoutMs}; SET LOCAL idle_in_transaction_session_timeout = '30s';
    DELETE FROM daily_stock_data WHERE trade_date = DATE '${outcome.date}'`;
}

async function copyRows(client: pg.PoolClient, write: DayWrite): Promise<void> {
  const { body, rows } = write.encoded;
  const copy = client.query(copyFrom(`COPY daily_stock_data (${COPY_COLUMNS}) FROM STDIN`));
  await pipeline(Readable.from(chunksOf(body), { objectMode: false }), copy);
  // A line holding only `\.` ends COPY silently: what was stored must be what was sent.
  if (copy.rowCount !== rows) {
    throw new DayFailure("database_error", { detail: `COPY stored ${copy.rowCount} of ${rows} rows` });
  }
}

function* chunksOf(body: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < body.length; at += CHUNK_BYTES) yield body.subarray(at, at + CHUNK_BYTES);
}

async function rollback(client: pg.PoolClient): Promise<Error | undefined> {
  try {
    await client.query("ROLLBACK");
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

/** True where the ledger holds this very attempt. Rejects while the database is away: nobody knows, and the day is done again. */
async function wasCommitted(pool: pg.Pool, date: string, attemptId: string): Promise<boolean> {
  const { rowCount } = await reaching(() =>
    pool.query("SELECT 1 FROM sync_day WHERE date = $1 AND attempt_id = $2", [date, attemptId]),
  );
  return rowCount === 1;
}

function translate(error: unknown, epoch: number): unknown {
  if (error instanceof DayFailure) return error;
  if (sqlState(error) === FENCED) return new LeaseLostError(`epoch ${epoch} is over, the fence let nothing through`);
  if (isAway(error)) return new DatabaseAwayError(error);
  const state = sqlState(error);
  const words = error instanceof Error ? error.message : String(error);
  return new DayFailure("database_error", { detail: state ? `${words} (${state})` : words }, { cause: error });
}

/** Skipped days standing before this one get their outcome in the same transaction: no commit of their own. */
const SETTLE_SKIPS = `UPDATE sync_task_day SET status = 'skipped', reason = plan_reason, epoch = $2, finished_at = clock_timestamp()
    WHERE task_id = $1 AND date = ANY ($3::date[]) AND plan_action = 'skip' AND status = 'pending'`;

const RECORD_DAY = `UPDATE sync_task_day SET status = $5, reason = $6, rows = $7, rejected = $8, suspect = $9, warnings = $10, attempts = $11,
        error = $12, duration_ms = $13, source = $14, epoch = $2, finished_at = clock_timestamp()
    WHERE task_id = $1 AND date = $4`;

const RECORD_OUTCOME = `WITH skips AS (${SETTLE_SKIPS}) ${RECORD_DAY}`;

const RECORD_STORED = `WITH skips AS (${SETTLE_SKIPS}), day AS (${RECORD_DAY})
  INSERT INTO sync_day (date, state, rows, rejected, checksum, confirmed, source, task_id, epoch, attempt_id, started_at, finished_at, last_error, warnings)
  VALUES ($4, $15, $7, $8, $16, $17, $14, $1, $2, $18, to_timestamp($19::float8 / 1000), clock_timestamp(), NULL, $10)
  ON CONFLICT (date) DO UPDATE SET state = EXCLUDED.state, rows = EXCLUDED.rows, rejected = EXCLUDED.rejected, checksum = EXCLUDED.checksum,
    confirmed = EXCLUDED.confirmed, source = EXCLUDED.source, task_id = EXCLUDED.task_id, epoch = EXCLUDED.epoch, attempt_id = EXCLUDED.attempt_id,
    started_at = EXCLUDED.started_at, finished_at = EXCLUDED.finished_at, last_error = NULL, warnings = EXCLUDED.warnings`;

/** A failed day enters the ledger only where the table holds nothing of it: a failed re-sync leaves the stored day as it was. */
const RECORD_FAILED_DAY = `INSERT INTO sync_day (date, state, rows, source, task_id, epoch, attempt_id, started_at, finished_at, last_error)
  VALUES ($1, 'failed', 0, $2, $3, $4, $5, clock_timestamp(), clock_timestamp(), $6)
  ON CONFLICT (date) DO UPDATE SET source = EXCLUDED.source, task_id = EXCLUDED.task_id, epoch = EXCLUDED.epoch, attempt_id = EXCLUDED.attempt_id,
    started_at = EXCLUDED.started_at, finished_at = EXCLUDED.finished_at, last_error = EXCLUDED.last_error
  WHERE sync_day.state = 'failed'`;

function outcomeValues(context: StoreDayContext, outcome: DayOutcome, skipsBefore: string[]): unknown[] {
  return [
    context.taskId,
    context.epoch,
    skipsBefore,
    outcome.date,
    outcome.status,
    outcome.reason,
    outcome.rows,
    outcome.rejected,
    outcome.suspect,
    JSON.stringify(outcome.warnings),
    outcome.attempts,
    outcome.error,
    outcome.duration_ms,
    outcome.source,
  ];
}

function storedValues(context: StoreDayContext, write: DayWrite, attemptId: string): unknown[] {
  return [
    ...outcomeValues(context, write.outcome, write.skipsBefore),
    write.state,
    write.encoded.checksum,
    write.confirmed,
    attemptId,
    write.startedMs,
  ];
}

function failedDayValues(context: StoreDayContext, outcome: DayOutcome): unknown[] {
  return [outcome.date, outcome.source ?? "", context.taskId, context.epoch, randomUUID(), outcome.error];
}
