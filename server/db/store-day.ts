import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { DatabaseAwayError, DatabaseBusyError, DayFailure, DiskFullError, LeaseLostError } from "@/server/sync/errors";
import type { DayOutcome, DayWrite, EncodedDay } from "@/server/sync/session-ports";
import { saysClosed } from "@/server/sync/plan/learnt-closures";
import { RECORD_CLOSED_DAY } from "./closed-days-sql";
import { cutOff, isAway, isBusy, isDiskFull, reaching, sqlState } from "./connect";
import { COPY_COLUMNS } from "./copy-text";
import { refusedValue } from "./refused-value";
import { failedDayValues, outcomeValues, RECORD_FAILED_DAY, RECORD_OUTCOME, RECORD_STORED, storedValues } from "./outcome-sql";

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
    await copyRows(client, "daily_stock_data", write.encoded);
    const outcome = { ...write.outcome, duration_ms: write.durationMs() };
    const values = storedValues(context, { ...write, outcome }, attemptId);
    await client.query({ name: "record-stored", text: RECORD_STORED, values });
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

/** Rows of a failed or skipped day stay as they are; only its outcome is written, or that it was closed, through the same fence. */
export async function recordOutcome(context: StoreDayContext, outcome: DayOutcome, skipsBefore: string[]): Promise<void> {
  return record(context, outcomeValues(context, outcome, skipsBefore, null), async (client) => {
    if (outcome.status === "failed") await client.query(RECORD_FAILED_DAY, failedDayValues(context, outcome));
    if (saysClosed(outcome)) await client.query(RECORD_CLOSED_DAY, [outcome.date, outcome.source, context.taskId, context.epoch]);
  });
}

/** A day of a verify: its outcome and what it found, and nothing in the ledger, even where the day failed. */
export async function recordComparison(
  context: StoreDayContext,
  outcome: DayOutcome,
  checksum: string | null,
  skipsBefore: string[],
): Promise<void> {
  return record(context, outcomeValues(context, outcome, skipsBefore, checksum), async () => {});
}

async function record(
  context: StoreDayContext,
  values: unknown[],
  also: (client: pg.PoolClient) => Promise<void>,
): Promise<void> {
  const client = await context.pool.connect().catch((error: unknown) => {
    throw translate(error, context.epoch);
  });
  let broken: Error | undefined;
  try {
    await client.query(`BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = '10s'`);
    await client.query(RECORD_OUTCOME, values);
    await also(client);
    await client.query("COMMIT");
  } catch (error) {
    broken = isAway(error) ? (error as Error) : await rollback(client);
    // An outcome that is not written ends the whole task, not its day: behind a lock it waits however long that takes.
    throw isBusy(error) ? new DatabaseBusyError(error) : translate(error, context.epoch);
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

/** Sends the rows of a day into a table that has the columns of `COPY_COLUMNS`. */
export async function copyRows(client: pg.PoolClient, table: string, { body, rows }: EncodedDay): Promise<void> {
  const copy = client.query(copyFrom(`COPY ${table} (${COPY_COLUMNS}) FROM STDIN`));
  try {
    await pipeline(Readable.from(chunksOf(body), { objectMode: false }), copy);
  } catch (error) {
    throw refusedValue(error, body) ?? error;
  }
  // A line holding only `\.` ends COPY silently: what was stored must be what was sent.
  if (copy.rowCount !== rows) {
    throw new DayFailure("database_error", { detail: `COPY stored ${copy.rowCount} of ${rows} rows` });
  }
}

function* chunksOf(body: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < body.length; at += CHUNK_BYTES) yield body.subarray(at, at + CHUNK_BYTES);
}

/** The error that makes the client unfit for the next borrower, if there is one. */
export async function rollback(client: pg.PoolClient): Promise<Error | undefined> {
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

/** What a failure of the database means for the day: refused, away for now, full, or the lease is lost. */
export function translate(error: unknown, epoch: number): unknown {
  if (error instanceof DayFailure || error instanceof DiskFullError || error instanceof DatabaseAwayError) return error;
  if (sqlState(error) === FENCED) return new LeaseLostError(`epoch ${epoch} is over, the fence let nothing through`);
  if (isAway(error)) return new DatabaseAwayError(error);
  if (isDiskFull(error)) return new DiskFullError(error);
  const state = sqlState(error);
  const words = error instanceof Error ? error.message : String(error);
  return new DayFailure("database_error", { detail: state ? `${words} (${state})` : words }, { cause: error });
}
