import { Client } from "pg";

/** What a provider served, as it served it, and what each column of the table must be for it: worked out by PostgreSQL, not by us. */
export interface Served {
  /** The records of all days, under the provider's own names. */
  records: readonly object[];
  /** Names and types of these records, as in `CREATE TABLE`. */
  types: string;
  /** An SQL expression for each column of the table, in terms of the record; what is not named must be NULL. */
  columns: Partial<Record<keyof typeof COLUMNS, string>>;
}

/** The 13 columns and their types, written down once more: what the product forgets is not forgotten here. */
const COLUMNS = {
  stock_code: "text",
  stock_name: "text",
  trade_date: "date",
  open_price: "numeric",
  close_price: "numeric",
  high_price: "numeric",
  low_price: "numeric",
  volume: "bigint",
  amount: "numeric",
  change_pct: "numeric",
  change_amount: "numeric",
  turnover_rate: "numeric",
  amplitude: "numeric",
} as const;

/** The rows that are in the table and should not be, and the other way round, every column compared; NULL equals NULL only. */
export async function differences(url: string, { records, types, columns }: Served): Promise<Record<string, unknown>[]> {
  const given: Partial<Record<string, string>> = columns;
  const expected = Object.entries(COLUMNS).map(([column, type]) => `(${given[column] ?? "NULL"})::${type} AS ${column}`);
  const held = Object.keys(COLUMNS).join(", ");
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(
      `WITH served AS (SELECT ${expected.join(", ")} FROM jsonb_to_recordset($1::jsonb) AS r(${types})),
            held AS (SELECT ${held} FROM daily_stock_data)
       SELECT 'not stored' AS what, missing::text AS row FROM (TABLE served EXCEPT ALL TABLE held) missing
       UNION ALL SELECT 'not served', extra::text FROM (TABLE held EXCEPT ALL TABLE served) extra
       ORDER BY 2 LIMIT 20`,
      [JSON.stringify(records)],
    );
    return rows;
  } finally {
    await client.end();
  }
}
