import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { gbkOf } from "@/test/support/gbk";
import { fillTheTable, readsFiveRows, readsRefusal } from "@/test/support/newcomer";
import { gatherPeople } from "@/test/support/people";
import { asWritten, csvOf, rawBars } from "@/test/support/raw-bars";
import { differences, type Served } from "@/test/support/served";
import { serveEach } from "@/test/support/serve-each";
import { zipOf } from "@/test/support/zip";

const STOCKS = 80;
const RANGE = { from: "2024-03-06", to: "2024-03-08" } as const;
const DAYS = ["2024-03-06", "2024-03-07", "2024-03-08"] as const;

/** As a terminal exports it: Chinese headers and names, lots, ten thousands of yuan, and the close of the day before. */
function recordsOf(day: (typeof DAYS)[number]) {
  return rawBars(day, STOCKS).map(({ place, code, name, open, high, low, close, before, lots, amount }) => ({
    代码: code,
    名称: name,
    日期: day.replaceAll("-", "/"),
    开盘: asWritten(open),
    最高: asWritten(high),
    最低: asWritten(low),
    收盘: asWritten(close),
    昨收: place % 8 === 5 ? "--" : asWritten(before),
    成交量: String(lots),
    成交额: (amount / 10_000).toFixed(4),
    换手率: "0.37",
  }));
}

const served: Served = {
  records: DAYS.flatMap((day) => recordsOf(day)),
  types: `"代码" text, "名称" text, "日期" date, "开盘" numeric, "最高" numeric, "最低" numeric, "收盘" numeric, "昨收" text,
          "成交量" numeric, "成交额" numeric, "换手率" numeric`,
  columns: {
    stock_code: `"代码"`,
    stock_name: `"名称"`,
    trade_date: `"日期"`,
    open_price: `"开盘"`,
    close_price: `"收盘"`,
    high_price: `"最高"`,
    low_price: `"最低"`,
    volume: `("成交量" * 100)::bigint`,
    amount: `"成交额" * 10000`,
    change_pct: `round(("收盘" - nullif("昨收", '--')::numeric) / nullif("昨收", '--')::numeric * 100, 4)`,
    change_amount: `"收盘" - nullif("昨收", '--')::numeric`,
    turnover_rate: `"换手率"`,
    amplitude: `round(("最高" - "最低") / nullif("昨收", '--')::numeric * 100, 4)`,
  },
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dayfill-walk-"));
  const files = DAYS.map((day) => [`行情${day}.csv`, gbkOf(csvOf(recordsOf(day)))]);
  writeFileSync(join(folder, "2024.zip"), zipOf(Object.fromEntries(files)));
});
afterAll(() => rmSync(folder, { recursive: true }));

const environment = (year: string) => ({
  SOURCE: "files",
  FILES_URL: join(folder, `${year}.zip`),
  FILES_ENCODING: "gbk",
  FILES_UNITS: "volume=100,amount=10000",
  CALENDAR: "XSHG",
});
const { server, database } = serveEach(() => environment("daily/{yyyy}"));
const person = gatherPeople();

test("a newcomer with a zip of GBK files: a wrong folder, tested, three days, every column as it was written", async () => {
  const wei = await person();
  await readsRefusal(
    wei.page,
    server.url,
    "2024-03-07",
    `The exchange was open, but this file does not exist: ${join(folder, "daily", "2024.zip")}`,
    "Compare the place that is named with where your files lie, and correct FILES_URL in .env",
  );

  await server.replace(environment("{yyyy}"));
  const first = ["600000", "浦发银行0", "9.94", "9.94", "9.86", "9.87", "12,700", "125,857", "−0.4036"];
  await readsFiveRows(wei.page, server.url, "2024-03-07", /80 rows of 2024-03-07 in .+\./, first);
  expect(await differences(database.url, { ...served, records: [] })).toEqual([]);

  await fillTheTable({
    url: server.url,
    starts: wei,
    gather: person,
    range: RANGE,
    days: DAYS,
    again: "2024-03-07",
    differences: () => differences(database.url, served),
  });
});
