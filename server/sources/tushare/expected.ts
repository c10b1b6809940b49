import { valueText } from "@/server/sources/http/json-rows";
import type { TushareClient } from "./client";
import type { Optionally, TushareStocks } from "./stocks";

/**
 * How many rows `daily` must have on `tradeDate` (`YYYYMMDD`): the stocks listed, less those of them that were suspended for
 * the whole day. Null where a list is missing, and where nobody was suspended: the market always has a few, so that an empty
 * list is rather one that is not there (yet), and without it whole years would seem to lack rows.
 */
export async function expectedRowsOf(
  { client, stocks, optionally }: { client: Pick<TushareClient, "readTable">; stocks: TushareStocks; optionally: Optionally },
  tradeDate: string,
  signal: AbortSignal,
): Promise<number | null> {
  const listed = stocks.listedOn(tradeDate);
  if (!listed) return null;
  const params = { trade_date: tradeDate, suspend_type: "S" };
  const fields = ["ts_code", "trade_date", "suspend_timing", "suspend_type"];
  const rows = await optionally("suspend_d", () => client.readTable({ api: "suspend_d", params, fields, signal }));
  if (!rows || rows.length === 0) return null;
  /** Whoever is suspended for some hours only trades in the others, and has a row. */
  const wholeDay = new Set<string>();
  const someHours = new Set<string>();
  for (const [at, row] of rows.entries()) {
    const text = (field: string) => valueText(row(field), at + 1);
    const code = text("ts_code");
    if (!code || text("trade_date") !== tradeDate || text("suspend_type") !== "S") continue;
    (text("suspend_timing") ? someHours : wholeDay).add(code);
  }
  return listed.filter((code) => someHours.has(code) || !wholeDay.has(code)).length;
}
