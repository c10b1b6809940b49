import { afterAll, beforeAll, expect, test } from "vitest";
import { type FakeTushare, startFakeTushare, TUSHARE_TOKEN } from "@/test/support/fake-tushare";
import { fillTheTable, readsFiveRows, readsRefusal } from "@/test/support/newcomer";
import { gatherPeople } from "@/test/support/people";
import { inUnits, rawBars } from "@/test/support/raw-bars";
import { differences, type Served } from "@/test/support/served";
import { serveEach } from "@/test/support/serve-each";

const STOCKS = 80;
const RANGE = { from: "2024-03-04", to: "2024-03-08" } as const;
const DAYS = ["2024-03-04", "2024-03-05", "2024-03-06", "2024-03-07", "2024-03-08"] as const;

/** Lots and thousands, as Tushare has them. Some values are empty: a change now and then, and all of a stock that did not trade. */
function tushareRecords(day: (typeof DAYS)[number]) {
  return rawBars(day, STOCKS).map(({ place, code, exchange, open, high, low, close, before, lots, amount }) => ({
    ts_code: `${code}.${exchange}`,
    trade_date: day.replaceAll("-", ""),
    open: inUnits(open),
    high: inUnits(high),
    low: inUnits(low),
    close: inUnits(close),
    pre_close: inUnits(before),
    change: place % 7 === 3 ? null : inUnits(close - before),
    pct_chg: place % 5 === 3 ? null : Number(((100 * (close - before)) / before).toFixed(4)),
    vol: place % 11 === 4 ? null : lots + 0.37,
    amount: place % 11 === 4 ? null : amount / 1_000,
  }));
}

const served: Served = {
  records: DAYS.flatMap((day) => tushareRecords(day)),
  types: `ts_code text, trade_date date, open numeric, high numeric, low numeric, close numeric, pre_close numeric,
          change numeric, pct_chg numeric, vol numeric, amount numeric`,
  columns: {
    stock_code: "left(ts_code, 6)",
    // The fake numbers the names by the place of the stock.
    stock_name: "'平安 ' || CASE WHEN ts_code LIKE '%.SH' THEN left(ts_code, 6)::int - 600000 ELSE left(ts_code, 6)::int END",
    trade_date: "trade_date",
    open_price: "open",
    close_price: "close",
    high_price: "high",
    low_price: "low",
    volume: "(vol * 100)::bigint",
    amount: "amount * 1000",
    change_pct: "coalesce(pct_chg, round((close - pre_close) / pre_close * 100, 4))",
    change_amount: "coalesce(change, close - pre_close)",
    turnover_rate: "1.2345",
    amplitude: "round((high - low) / pre_close * 100, 4)",
  },
};

let fake: FakeTushare;
beforeAll(async () => {
  fake = await startFakeTushare({ stocks: STOCKS, days: Object.fromEntries(DAYS.map((day) => [day, tushareRecords(day)])) });
});
afterAll(() => fake.close());

const environment = (token: string) => ({ SOURCE: "tushare", TUSHARE_TOKEN: token, TUSHARE_URL: fake.url, CALENDAR: "XSHG" });
const { server, database } = serveEach(() => environment("0".repeat(32)));
const person = gatherPeople();

test("a newcomer with a Tushare token: refused, tested, five days on two screens, every column as it was served", async () => {
  const wei = await person();
  await readsRefusal(
    wei.page,
    server.url,
    "2024-03-05",
    "The source does not accept the credentials (check TUSHARE_TOKEN)",
    "Check TUSHARE_TOKEN in .env, then start the server again",
  );

  await server.replace(environment(TUSHARE_TOKEN));
  const first = ["600000", "平安 0", "9.66", "9.66", "9.57", "9.59", "12,537", "120,375", "−0.6218"];
  await readsFiveRows(wei.page, server.url, "2024-03-05", /80 rows of 2024-03-05 in .+\./, first);
  expect(await differences(database.url, { ...served, records: [] })).toEqual([]);

  await fillTheTable({
    url: server.url,
    starts: wei,
    gather: person,
    range: RANGE,
    days: DAYS,
    again: "2024-03-06",
    differences: () => differences(database.url, served),
  });
});
