import type pg from "pg";
import type { Day } from "@/lib/contract/day";
import type { DayDiff } from "@/lib/contract/task";
import type { EncodedDay } from "@/server/sync/session-ports";
import { COLUMNS } from "@/server/sync/rows/row";
import { cutOff, isAway } from "./connect";
import { COPY_COLUMNS } from "./copy-text";
import { copyRows, rollback, type StoreDayContext, translate } from "./store-day";

const MAX_EXAMPLES = 5;

/**
 * The rows of the source go into a temporary table with the column types of the real one, by the same COPY that would
 * store them, and PostgreSQL compares: `1.5` and `1.50` are one number there, as they are in the table. Made from a query,
 * the table has no constraints of its own; it belongs to the connection and forgets its rows with every transaction.
 */
const MAKE_SOURCE_TABLE = `CREATE TEMP TABLE IF NOT EXISTS sync_verify ON COMMIT DELETE ROWS AS SELECT ${COPY_COLUMNS} FROM daily_stock_data WHERE false`;

const valuesOf = (alias: string) => `(${COLUMNS.map((column) => `${alias}.${column}`).join(", ")})`;

const COMPARE = `WITH held AS (SELECT ${COPY_COLUMNS} FROM daily_stock_data WHERE trade_date = $1),
  differing AS MATERIALIZED (
    SELECT coalesce(h.stock_code, s.stock_code) AS code, h, s,
           CASE WHEN h.stock_code IS NULL THEN 'added' WHEN s.stock_code IS NULL THEN 'vanished' ELSE 'changed' END AS change
      FROM held h FULL JOIN sync_verify s ON s.stock_code = h.stock_code
     WHERE ${valuesOf("h")} IS DISTINCT FROM ${valuesOf("s")}),
  examples AS (
    SELECT code, change, to_jsonb(h) AS held, to_jsonb(s) AS source
      FROM (SELECT *, row_number() OVER (PARTITION BY change ORDER BY code) AS turn FROM differing) d
     ORDER BY turn, change, code LIMIT ${MAX_EXAMPLES})
  SELECT (SELECT count(*)::int FROM held) AS held,
         (SELECT count(*)::int FROM differing WHERE change = 'added') AS added,
         (SELECT count(*)::int FROM differing WHERE change = 'changed') AS changed,
         (SELECT count(*)::int FROM differing WHERE change = 'vanished') AS vanished,
         (SELECT coalesce(jsonb_agg(jsonb_build_object('code', code, 'change', change, 'fields', CASE WHEN change <> 'changed' THEN '[]' ELSE (
                   SELECT coalesce(jsonb_agg(jsonb_build_object('field', a.key, 'held', a.value #>> '{}', 'source', b.value #>> '{}') ORDER BY a.key), '[]')
                     FROM jsonb_each(held) a JOIN jsonb_each(source) b USING (key) WHERE a.value <> b.value) END)
                   ORDER BY code), '[]') FROM examples) AS examples`;

/**
 * Compares the rows of a source with what the table holds of that day. The transaction is read-only (temporary tables
 * aside), so PostgreSQL itself sees to it that nothing is stored. An abort cuts the connection, as with a store.
 */
export async function compareDay(
  context: Omit<StoreDayContext, "taskId">,
  day: Day,
  encoded: EncodedDay,
  signal: AbortSignal,
): Promise<DayDiff> {
  const client = await context.pool.connect().catch((error: unknown) => {
    throw translate(error, context.epoch);
  });
  let broken: Error | undefined;
  const cut = () => cutOff(client);
  signal.addEventListener("abort", cut, { once: true });
  try {
    signal.throwIfAborted();
    await client.query(MAKE_SOURCE_TABLE);
    await client.query(
      `BEGIN READ ONLY; SET LOCAL lock_timeout = '10s'; SET LOCAL statement_timeout = ${context.statementTimeoutMs};
       SET LOCAL idle_in_transaction_session_timeout = '30s'`,
    );
    await copyRows(client, "sync_verify", encoded);
    const diff = await compare(client, day);
    await client.query("COMMIT");
    return diff;
  } catch (error) {
    broken = isAway(error) ? (error as Error) : await rollback(client);
    throw translate(error, context.epoch);
  } finally {
    signal.removeEventListener("abort", cut);
    client.release(broken);
  }
}

async function compare(client: pg.PoolClient, day: Day): Promise<DayDiff> {
  const { rows } = await client.query<DayDiff>({ name: "compare-day", text: COMPARE, values: [day] });
  const { added, changed, vanished, held, examples } = rows[0] as DayDiff;
  return { added, changed, vanished, held, examples };
}
