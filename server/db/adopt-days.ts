import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import type { Day } from "@/lib/contract/day";
import { judgeAdopted } from "@/server/sync/plan/adopt";
import type { CountedDay } from "@/server/sync/plan/ledger";
import type { LeaseStore } from "@/server/sync/lease-ports";
import type { Log, TradingCalendar } from "@/server/sync/ports";
import { DatabaseBusyError } from "@/server/sync/errors";
import { backendOf, type Connection, cutOff, openPool, transaction } from "./connect";
import { TERMINATE_WAIT_MS } from "./end-backends";
import { HELD_DATES } from "./ledger-sql";

/**
 * Days counted with one statement, so that progress is seen. Measured on an original table of 2,000 days and 5 million rows: 1.7 s
 * in all, 9 s where it was never vacuumed; a boot without news 0.1 s.
 */
const DAYS_PER_COUNT = 250;
/** Instances that boot at once count one after the other; the second one finds nothing left to do. */
const ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('dayfill adopts days', 0))";
const RETRY_MS = 1_000;

export interface AdoptOptions {
  connection: Connection;
  lease: Pick<LeaseStore, "forAMoment">;
  calendar: TradingCalendar;
  /** An index leads to the days of the table (`TableShape.date_index`). */
  dateIndex: boolean;
  /** How long a lease that is held elsewhere is waited for: that of a dead holder has run out by then. */
  waitMs: number;
  log: Log;
  signal: AbortSignal;
  /** Hears how many days of how many are counted; null = nobody knows before the end. */
  onProgress(done: number, of: number | null): void;
}

/** The days that were adopted, first to last; null = there was nothing to adopt. */
export type Adopted = { from: Day; to: Day } | null;

/**
 * Enters the days that the table holds and the ledger does not know into the ledger, by count. Nothing of the table is
 * changed. The counting takes no lease and may be long; what it found is written in one transaction under the lease, so a
 * crash in the middle leaves nothing. Where another instance works under the lease, it is left for the next start.
 *
 * On connections of its own: those of the API give an answer up after some seconds, and a count would begin anew for ever.
 */
export async function adoptExistingDays(options: AdoptOptions): Promise<Adopted> {
  const { connection, log } = options;
  const pool = openPool({ connection, applicationName: "dayfill:adopt", max: 2, statementTimeoutMs: null, log });
  try {
    return await adoptOn(pool, options);
  } finally {
    await pool.end();
  }
}

async function adoptOn(pool: pg.Pool, options: AdoptOptions): Promise<Adopted> {
  const { log } = options;
  const begun = performance.now();
  return transaction(pool, (client) =>
    endedByAbort(pool, client, options.signal, async () => {
      await client.query("SET LOCAL lock_timeout = 0");
      // A table without news, the usual case, costs one walk over its dates and no lock.
      const unknown = options.dateIndex ? (await unknownDates(client)).length : null;
      if (unknown === 0) return null;
      options.onProgress(0, unknown);
      await client.query(ONE_AT_A_TIME);
      const counted = options.dateIndex ? await countByIndex(client, options) : await countAll(client, options);
      const [first, last] = [counted[0], counted.at(-1)];
      if (!first || !last) return null;
      const adopted = await write(counted, options);
      if (adopted === null) {
        log.warn(
          { days: counted.length, from: first.date, to: last.date },
          "another instance is syncing; the days of the table that nobody knows yet are adopted at the next start",
        );
        return null;
      }
      log.info({ ...adopted, from: first.date, to: last.date, ms: Math.round(performance.now() - begun) }, "days adopted");
      return { from: first.date, to: last.date };
    }),
  );
}

/**
 * Does the work until the signal comes; then the line is cut and its backend ended, and it rejects with the reason of the signal.
 * Not a cancel: that is lost where it arrives between two statements, and the next one would wait or count for the sake of a
 * server that is gone. Cutting alone would let the backend go on with what it is at.
 */
async function endedByAbort<T>(pool: pg.Pool, client: pg.PoolClient, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  let ending: Promise<unknown> = Promise.resolve();
  const end = () => {
    cutOff(client);
    ending = pool.query("SELECT pg_terminate_backend($1, $2)", [backendOf(client), TERMINATE_WAIT_MS]).catch(() => {});
  };
  signal.addEventListener("abort", end, { once: true });
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", end);
    await ending;
  }
}

/** Days of the table that the ledger has no entry for, ascending. `infinity` and dates before Christ are no days. */
async function unknownDates(db: pg.PoolClient): Promise<Day[]> {
  const { rows } = await db.query<{ date: Day }>(
    `${HELD_DATES} SELECT held.date FROM held LEFT JOIN sync_day d USING (date)
      WHERE d.date IS NULL AND held.date BETWEEN '0001-01-01' AND '9999-12-31' ORDER BY held.date`,
  );
  return rows.map((row) => row.date);
}

async function countByIndex(client: pg.PoolClient, { log, signal, onProgress }: AdoptOptions): Promise<CountedDay[]> {
  const dates = await unknownDates(client);
  if (dates.length > 0) log.info({ days: dates.length }, "the table holds days that the ledger does not know; they are counted");
  const counted: CountedDay[] = [];
  for (let at = 0; at < dates.length; at += DAYS_PER_COUNT) {
    signal.throwIfAborted();
    onProgress(at, dates.length);
    const { rows } = await client.query<CountedDay>(
      "SELECT trade_date AS date, count(*)::int AS rows FROM daily_stock_data WHERE trade_date = ANY ($1::date[]) GROUP BY 1 ORDER BY 1",
      [dates.slice(at, at + DAYS_PER_COUNT)],
    );
    counted.push(...rows);
  }
  onProgress(dates.length, dates.length);
  return counted;
}

/** Without an index every statement walks through the whole table: one has to do. */
async function countAll(client: pg.PoolClient, { log }: AdoptOptions): Promise<CountedDay[]> {
  log.warn(
    {},
    "no index of daily_stock_data begins with trade_date: the whole table is counted now, and every day will be slow to store. " +
      "CREATE INDEX ON daily_stock_data (trade_date) mends both",
  );
  const { rows } = await client.query<CountedDay>(
    `SELECT trade_date AS date, count(*)::int AS rows FROM daily_stock_data t
      WHERE trade_date BETWEEN '0001-01-01' AND '9999-12-31' AND NOT EXISTS (SELECT 1 FROM sync_day d WHERE d.date = t.trade_date)
      GROUP BY 1 ORDER BY 1`,
  );
  return rows;
}

/** Null = the lease did not get free in time. */
async function write(counted: CountedDay[], options: AdoptOptions): Promise<{ days: number; suspect: number } | null> {
  const giveUpAt = performance.now() + options.waitMs;
  for (;;) {
    const written = await options.lease
      .forAMoment(
        async (session) => {
          const days = judgeAdopted(counted, await session.ledger(), options.calendar);
          return { days: await session.adopt(days), suspect: days.filter((day) => day.state === "suspect").length };
        },
        { atBoot: true },
      )
      .catch((error: unknown) => {
        // Somebody claims or finishes right now.
        if (error instanceof DatabaseBusyError) return null;
        throw error;
      });
    if (written || performance.now() > giveUpAt) return written;
    await sleep(RETRY_MS, undefined, { signal: options.signal });
  }
}
