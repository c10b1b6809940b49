import { dayIn } from "@/lib/contract/instant";
import type { Clock } from "@/server/sync/ports";
import { createSerial } from "@/server/sources/calls/serial";
import { valueText } from "@/server/sources/http/json-rows";
import type { TushareClient, TushareRow } from "./client";
import { TUSHARE_ZONE } from "./refusal";

/** Listed, delisted, paused: a day of the past holds all three. */
const LIST_STATUSES = ["L", "D", "P"] as const;
const FIELDS = ["ts_code", "name", "list_date", "delist_date"];
/** What `daily` has rows of: A-shares. B-shares (`900…SH`, `200…SZ`) and codes of no exchange have none. */
const A_SHARE = /^(?:6\d{5}\.SH|[03]\d{5}\.SZ|\d{6}\.BJ)$/;
/** The stocks of Beijing bear the day they were listed at its forerunner; the exchange opened on this one. */
const BEIJING_OPENED = "20211115";

/** Runs a call that is not needed for a day; null where it was refused. */
export type Optionally = <Result>(what: string, call: () => Promise<Result>) => Promise<Result | null>;

interface Stock {
  name: string | null;
  /** Both `YYYYMMDD`, so that they compare as text. Without the first nothing is expected of the stock. */
  listed: string | null;
  delisted: string | null;
}

/** What the lists say. */
export interface TushareStocks {
  /** The name of a `ts_code`, null where none is known. */
  nameOf(code: string): string | null;
  /** The codes listed on `tradeDate` (`YYYYMMDD`), the day of the listing included, that of the delisting not; null = a list is missing. */
  listedOn(tradeDate: string): string[] | null;
}

/**
 * All stocks there are or were, kept for the process and read anew on each day of the exchange, so that what is listed today
 * is there tonight. Where a list is refused the ones that came (or the older ones) stay, and the missing one is asked for
 * again with the next day.
 */
export function createTushareStocks(client: Pick<TushareClient, "readTable">, clock: Clock, optionally: Optionally) {
  const oneAtATime = createSerial();
  const lists = new Map<string, { stocks: ReadonlyMap<string, Stock>; readOn: string }>();

  async function refresh(signal: AbortSignal): Promise<void> {
    const today = dayIn(TUSHARE_ZONE, clock.now());
    for (const status of LIST_STATUSES) {
      if (lists.get(status)?.readOn === today) continue;
      const rows = await optionally(`stock_basic ${status}`, () =>
        client.readTable({ api: "stock_basic", params: { list_status: status }, fields: FIELDS, signal }),
      );
      if (!rows) return;
      lists.set(status, { stocks: stocksIn(rows), readOn: today });
    }
  }

  return {
    async read(signal: AbortSignal): Promise<TushareStocks> {
      await oneAtATime(signal, () => refresh(signal));
      const known = LIST_STATUSES.flatMap((status) => lists.get(status)?.stocks ?? []);
      return {
        nameOf: (code) => known.map((stocks) => stocks.get(code)?.name).find((name) => name) ?? null,
        listedOn(tradeDate) {
          if (known.length < LIST_STATUSES.length) return null;
          const codes = known.flatMap((stocks) =>
            [...stocks].flatMap(([code, stock]) => (trades(code, stock, tradeDate) ? code : [])),
          );
          return [...new Set(codes)];
        },
      };
    },
  };
}

function stocksIn(rows: readonly TushareRow[]): ReadonlyMap<string, Stock> {
  const stocks = new Map<string, Stock>();
  for (const [at, row] of rows.entries()) {
    const text = (field: string) => valueText(row(field), at + 1);
    const code = text("ts_code");
    if (code) stocks.set(code, { name: text("name"), listed: dateIn(text("list_date")), delisted: dateIn(text("delist_date")) });
  }
  return stocks;
}

function dateIn(text: string | null): string | null {
  return text && /^\d{8}$/.test(text) ? text : null;
}

function trades(code: string, { listed, delisted }: Stock, tradeDate: string): boolean {
  if (!A_SHARE.test(code) || listed === null || listed > tradeDate) return false;
  if (code.endsWith(".BJ") && tradeDate < BEIJING_OPENED) return false;
  return delisted === null || delisted > tradeDate;
}
