import type pg from "pg";
import type { Day } from "@/lib/contract/day";
import type { DayRows } from "@/lib/contract/day-rows";
import type { SampleRow } from "@/lib/contract/source";
import { COLUMNS } from "@/server/sync/rows/row";

/** Every column as text: a number of JavaScript would not keep the digits. */
const AS_TEXT = COLUMNS.map((column) => `${column}::text`).join(", ");

/** The first rows of a day by their codes, and how many there are; `code` = how the codes begin, "" = all. */
export async function readDayRows(pool: pg.Pool, day: Day, code: string, limit: number): Promise<DayRows> {
  const { rows } = await pool.query<SampleRow & { total: string }>(
    `SELECT ${AS_TEXT}, count(*) OVER () AS total FROM daily_stock_data d
      WHERE trade_date = $1 AND starts_with(d.stock_code::text, $2) ORDER BY d.stock_code LIMIT $3`,
    [day, code, limit],
  );
  return { date: day, total: Number(rows[0]?.total ?? 0), rows: rows.map(({ total: _, ...row }) => row) };
}
