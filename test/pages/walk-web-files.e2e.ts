import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FakeFilesServer, startFakeFilesServer } from "@/test/support/fake-files-server";
import { fillTheTable, readsFiveRows, readsRefusal } from "@/test/support/newcomer";
import { gatherPeople } from "@/test/support/people";
import { asWritten, csvOf, rawBars } from "@/test/support/raw-bars";
import { differences, type Served } from "@/test/support/served";
import { serveEach } from "@/test/support/serve-each";

const STOCKS = 80;
const RANGE = { from: "2024-03-06", to: "2024-03-08" } as const;
const DAYS = ["2024-03-06", "2024-03-07", "2024-03-08"] as const;

const compact = (day: string) => day.replaceAll("-", "");

/** Well known headers, codes with their exchange, and a dash, nothing or NA where nothing traded. No previous close. */
function recordsOf(day: (typeof DAYS)[number]) {
  return rawBars(day, STOCKS).map(({ place, code, exchange, name, open, high, low, close, lots, amount }) => {
    const isIdle = place % 9 === 2;
    return {
      ts_code: `${code}.${exchange}`,
      name,
      trade_date: compact(day),
      open: isIdle ? "-" : asWritten(open),
      high: asWritten(high),
      low: asWritten(low),
      close: asWritten(close),
      vol: isIdle ? "" : String(lots * 100),
      amount: isIdle ? "NA" : String(amount),
    };
  });
}

const served: Served = {
  records: DAYS.flatMap((day) => recordsOf(day)),
  types: "ts_code text, name text, trade_date date, open text, high numeric, low numeric, close numeric, vol text, amount text",
  columns: {
    stock_code: "left(ts_code, 6)",
    stock_name: "name",
    trade_date: "trade_date",
    open_price: "nullif(open, '-')::numeric",
    close_price: "close",
    high_price: "high",
    low_price: "low",
    volume: "nullif(vol, '')::bigint",
    amount: "nullif(amount, 'NA')::numeric",
  },
};

let fake: FakeFilesServer;
beforeAll(async () => {
  const files = DAYS.map((day) => [`/${day.slice(0, 4)}/${compact(day)}.csv.gz`, gzipSync(csvOf(recordsOf(day)))]);
  fake = await startFakeFilesServer(Object.fromEntries(files));
});
afterAll(() => fake.close());

const environment = (password: string) => ({
  SOURCE: "files",
  FILES_URL: `${fake.url.replace("://", `://reader:${password}@`)}/{yyyy}/{yyyyMMdd}.csv.gz`,
  CALENDAR: "XSHG",
});
const { server, database } = serveEach(() => environment("wrong"));
const person = gatherPeople();

test("a newcomer with files on a web server: refused, tested, three days out of gzip, every column as it was written", async () => {
  fake.fault = { kind: "status", status: 401 };
  const wei = await person();
  await readsRefusal(
    wei.page,
    server.url,
    "2024-03-07",
    "The source does not accept the credentials (check FILES_URL)",
    "Check FILES_URL in .env, then start the server again",
  );

  fake.fault = null;
  await server.replace(environment("right"));
  const first = ["000001", "万 科Ａ1", "10.02", "10.03", "9.98", "9.99", "13,000", "130,130", "–"];
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
  expect(new Set(fake.requests.map(({ headers }) => headers.authorization)).size).toBe(2);
});
