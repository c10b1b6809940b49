import type pg from "pg";
import type { Day } from "@/lib/contract/day";
import { LeaseLostError } from "@/server/sync/errors";
import type { StagedBatch, StagedChunk, StageStore } from "@/server/sync/stage-ports";
import { reaching, transaction } from "./connect";
import { rowsOfText, textsByDay } from "./stage-rows";
import { translate } from "./store-day";

export interface StageContext {
  pool: pg.Pool;
  epoch: number;
  taskId: string;
}

/** The stage of one task on the connections of its run. Writes pass the fence inside COMMIT, as the days do. */
export function createStageStore({ pool, epoch, taskId }: StageContext): StageStore {
  const write = async (work: (client: pg.PoolClient) => Promise<void>) => {
    try {
      await transaction(pool, work, "BEGIN; SET LOCAL lock_timeout = '10s'");
    } catch (error) {
      throw error instanceof LeaseLostError ? error : translate(error, epoch);
    }
  };
  const read = <Answer extends pg.QueryResultRow>(text: string, values: unknown[]) =>
    reaching(async () => (await pool.query<Answer>(text, values)).rows);

  return {
    chunks: () =>
      read<StagedChunk>("SELECT chunk, days::text[] AS days FROM sync_stage_chunk WHERE task_id = $1 ORDER BY chunk", [taskId]),
    async notes(chunk) {
      const text = "SELECT notes FROM sync_stage_chunk WHERE task_id = $1 AND chunk = $2";
      return (await read<{ notes: unknown }>(text, [taskId, chunk]))[0]?.notes ?? null;
    },
    keepNotes: ({ chunk, days }, notes) =>
      write(async (client) => {
        await client.query(
          `INSERT INTO sync_stage_chunk (task_id, chunk, days, notes, epoch) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (task_id, chunk) DO UPDATE SET notes = EXCLUDED.notes, epoch = EXCLUDED.epoch`,
          [taskId, chunk, days, JSON.stringify(notes), epoch],
        );
      }),
    async batches(chunk) {
      const text = "SELECT stock_codes FROM sync_stage_batch WHERE task_id = $1 AND chunk = $2 ORDER BY batch";
      return (await read<{ stock_codes: string[] }>(text, [taskId, chunk])).map((row) => row.stock_codes);
    },
    put: (chunk, batch) => write((client) => putBatch(client, { taskId, epoch }, chunk, batch)),
    async rowsOf(chunk, day) {
      const text = "SELECT rows FROM sync_stage WHERE task_id = $1 AND chunk = $2 AND trade_date = $3 ORDER BY batch";
      return (await read<{ rows: string }>(text, [taskId, chunk, day])).flatMap((row) => rowsOfText(day, row.rows));
    },
    drop: (chunk) =>
      write(async (client) => {
        await holdLease(client, epoch);
        await client.query("DELETE FROM sync_stage WHERE task_id = $1 AND chunk = $2", [taskId, chunk]);
        await client.query("DELETE FROM sync_stage_chunk WHERE task_id = $1 AND chunk = $2", [taskId, chunk]);
      }),
  };
}

/** A batch whose answer got lost is put once more: where it stands already, nothing is left to do. */
async function putBatch(
  client: pg.PoolClient,
  { taskId, epoch }: { taskId: string; epoch: number },
  chunk: number,
  { batch, symbols, rows }: StagedBatch,
): Promise<void> {
  const marked = await client.query(
    "INSERT INTO sync_stage_batch (task_id, chunk, batch, stock_codes, epoch) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
    [taskId, chunk, batch, symbols, epoch],
  );
  if (marked.rowCount === 0) return;
  const texts = textsByDay(rows);
  const days: Day[] = [...texts.keys()];
  await client.query(
    `INSERT INTO sync_stage (task_id, chunk, trade_date, batch, rows)
     SELECT $1, $2, s.trade_date, $3, s.rows FROM unnest($4::date[], $5::text[]) AS s (trade_date, rows)`,
    [taskId, chunk, batch, days, [...texts.values()]],
  );
  // The task went on: what crashed before is forgiven, as it is when a day is stored.
  await client.query("UPDATE sync_task SET crashes = 0 WHERE task_id = $1 AND epoch = $2 AND crashes > 0", [taskId, epoch]);
}

/** A DELETE fires no fence: the lease is looked at and held instead. */
async function holdLease(client: pg.PoolClient, epoch: number): Promise<void> {
  const { rowCount } = await client.query(
    "SELECT 1 FROM sync_lease WHERE name = 'sync' AND epoch = $1 AND holder IS NOT NULL AND expires_at > clock_timestamp() FOR SHARE",
    [epoch],
  );
  if (rowCount !== 1) throw new LeaseLostError(`epoch ${epoch} is over`);
}
