import { type Day, isDay } from "@/lib/contract/day";
import { COLUMNS, type Row } from "@/server/sync/rows/row";

/** The day stands beside the text. */
const STAGED_COLUMNS = COLUMNS.filter((column) => column !== "trade_date");

/** Rows of a batch as one text for each day, as the stage keeps them. */
export function textsByDay(rows: readonly Row[]): Map<Day, string> {
  const byDay = new Map<Day, (string | null)[][]>();
  for (const row of rows) {
    const day = row.trade_date;
    if (!isDay(day)) throw new Error("a row without a day cannot be staged: the source must not deliver it");
    const values = STAGED_COLUMNS.map((column) => row[column]);
    const held = byDay.get(day);
    if (held) held.push(values);
    else byDay.set(day, [values]);
  }
  return new Map([...byDay].map(([day, values]) => [day, JSON.stringify(values)]));
}

/** The rows behind such a text. */
export function rowsOfText(day: Day, text: string): Row[] {
  return (JSON.parse(text) as (string | null)[][]).map((values) => {
    const row = { trade_date: day } as Row;
    for (const [at, column] of STAGED_COLUMNS.entries()) row[column] = values[at] ?? null;
    return row;
  });
}
