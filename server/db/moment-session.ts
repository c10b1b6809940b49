import { randomUUID } from "node:crypto";
import type pg from "pg";
import { ADOPTED } from "@/server/sync/plan/adopt";
import type { MomentSession } from "@/server/sync/lease-ports";
import { announce } from "./announce";
import { FORGET_CLOSED_DAY } from "./closed-days-sql";
import { readLedger } from "./ledger-sql";

/** What may be done inside the transaction that holds the lease for a moment. */
export function momentSession(client: pg.PoolClient, epoch: number, holder: string): MomentSession {
  return {
    ledger: () => readLedger(client),
    async countRows(day) {
      const { rows } = await client.query<{ count: string }>(
        "SELECT count(*) AS count FROM daily_stock_data WHERE trade_date = $1",
        [day],
      );
      return Number(rows[0]?.count ?? 0);
    },
    async correct(day, found) {
      await announce(client, { from: holder, what: "coverage", range: [day, day] });
      if (found.rows === 0) {
        await client.query("DELETE FROM sync_day WHERE date = $1", [day]);
        return;
      }
      await client.query(FORGET_CLOSED_DAY, [day]);
      await client.query(
        `INSERT INTO sync_day (date, state, rows, source, task_id, epoch, attempt_id, started_at, finished_at, warnings)
         VALUES ($1, $2, $3, $4, 'check', $5, $6, clock_timestamp(), clock_timestamp(), coalesce($7::jsonb, '[]'))
         ON CONFLICT (date) DO UPDATE SET state = EXCLUDED.state, rows = EXCLUDED.rows, checksum = NULL, confirmed = false, epoch = EXCLUDED.epoch,
           source = EXCLUDED.source, last_error = NULL, warnings = coalesce($7::jsonb, sync_day.warnings),
           attempt_id = EXCLUDED.attempt_id, finished_at = EXCLUDED.finished_at`,
        [day, found.state, found.rows, found.source, epoch, randomUUID(), found.warnings && JSON.stringify(found.warnings)],
      );
    },
    async adopt(days) {
      const { rowCount } = await client.query(
        `INSERT INTO sync_day (date, state, rows, source, task_id, epoch, attempt_id, started_at, finished_at, warnings)
         SELECT date, state, rows, $5, 'adopt', $6, gen_random_uuid(), clock_timestamp(), clock_timestamp(), warnings
           FROM unnest($1::date[], $2::text[], $3::int[], $4::jsonb[]) AS found (date, state, rows, warnings)
         ON CONFLICT (date) DO NOTHING`,
        [
          days.map((day) => day.date),
          days.map((day) => day.state),
          days.map((day) => day.rows),
          days.map((day) => JSON.stringify(day.warnings)),
          ADOPTED,
          epoch,
        ],
      );
      return rowCount ?? 0;
    },
  };
}
