import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sqlOn } from "@/test/support/ask";
import { fillTheTable, readsFiveRows, readsRefusal } from "@/test/support/newcomer";
import { gatherPeople } from "@/test/support/people";
import { type FreshDatabase, freshDatabase } from "@/test/support/postgres";
import { asWritten, rawBars } from "@/test/support/raw-bars";
import { differences, type Served } from "@/test/support/served";
import { serveEach } from "@/test/support/serve-each";

const STOCKS = 80;
const RANGE = { from: "2024-03-06", to: "2024-03-08" } as const;
const DAYS = ["2024-03-06", "2024-03-07", "2024-03-08"] as const;
/** Roles belong to the whole server. */
const READER = `reader_${randomBytes(4).toString("hex")}`;

/** A table as somebody else has it: names of its own, a day as a number, NULL where nothing traded. */
const TABLE = `CREATE SCHEMA quotes;
  CREATE TABLE quotes."Daily Bars" (day integer, sym text, label text, o numeric, h numeric, l numeric, c numeric, yesterday numeric,
    shares bigint, cash numeric, secret text DEFAULT 'not for us');
  CREATE INDEX ON quotes."Daily Bars" (day)`;
const COLUMNS = [
  "stock_code=sym",
  "stock_name=label",
  "trade_date=day",
  "open_price=o",
  "high_price=h",
  "low_price=l",
  "close_price=c",
  "previous_close=yesterday",
  "volume=shares",
  "amount=cash",
].join(",");

const records = DAYS.flatMap((day) =>
  rawBars(day, STOCKS).map(({ place, code, name, open, high, low, close, before, lots, amount }) => {
    const isIdle = place % 9 === 2;
    return {
      day: Number(day.replaceAll("-", "")),
      sym: code,
      label: place % 12 === 7 ? null : `${name}\\N\t\u00a0'`,
      o: isIdle ? null : asWritten(open),
      h: asWritten(high),
      l: asWritten(low),
      c: asWritten(close),
      yesterday: place % 8 === 5 ? null : asWritten(before),
      shares: isIdle ? null : lots * 100,
      cash: isIdle ? null : `${amount}.125`,
    };
  }),
);
const TYPES = `day integer, sym text, label text, o numeric, h numeric, l numeric, c numeric, yesterday numeric, shares bigint,
  cash numeric`;

const served: Served = {
  records,
  types: TYPES,
  columns: {
    stock_code: "sym",
    stock_name: "label",
    trade_date: "to_date(day::text, 'YYYYMMDD')",
    open_price: "o",
    close_price: "c",
    high_price: "h",
    low_price: "l",
    volume: "shares",
    amount: "cash",
    change_pct: "round((c - yesterday) / yesterday * 100, 4)",
    change_amount: "c - yesterday",
    amplitude: "round((h - l) / yesterday * 100, 4)",
  },
};

let theirs: FreshDatabase;
beforeAll(async () => {
  theirs = await freshDatabase();
  await sqlOn(theirs.url, TABLE);
  const rows = JSON.stringify(records).replaceAll("'", "''");
  const names = Object.keys(records[0] ?? {}).join(", ");
  await sqlOn(
    theirs.url,
    `INSERT INTO quotes."Daily Bars" (${names}) SELECT ${names} FROM jsonb_to_recordset('${rows}'::jsonb) AS r(${TYPES})`,
  );
  await sqlOn(theirs.url, `CREATE ROLE ${READER} LOGIN PASSWORD 'reads only'`);
});
afterAll(async () => {
  await sqlOn(theirs.url, `DROP OWNED BY ${READER}`);
  await sqlOn(theirs.url, `DROP ROLE ${READER}`);
  await theirs.drop();
});

function environment(table: string) {
  const url = new URL(theirs.url);
  url.username = READER;
  url.password = "reads%20only";
  return {
    SOURCE: "postgres",
    POSTGRES_SOURCE_URL: url.href,
    POSTGRES_SOURCE_TABLE: table,
    POSTGRES_SOURCE_COLUMNS: COLUMNS,
    CALENDAR: "XSHG",
  };
}
const { server, database } = serveEach(() => environment("quotes.daily_bars"));
const person = gatherPeople();

test("a newcomer with another PostgreSQL: no right, a wrong table, tested, three days, every column as it stands there", async () => {
  const wei = await person();
  const tested = "2024-03-07";
  await readsRefusal(
    wei.page,
    server.url,
    tested,
    "The role in POSTGRES_SOURCE_URL has no right to read the table: permission denied for schema quotes",
    "Let the owner of the table give that role the right",
  );
  await sqlOn(theirs.url, `GRANT USAGE ON SCHEMA quotes TO ${READER}; GRANT SELECT ON quotes."Daily Bars" TO ${READER}`);
  await readsRefusal(
    wei.page,
    server.url,
    tested,
    "The configuration does not fit the source (check POSTGRES_SOURCE_TABLE)",
    "Correct POSTGRES_SOURCE_TABLE in .env, then start the server again",
  );

  await server.replace(environment('quotes."Daily Bars"'));
  // A page shows a tab as a blank; the table keeps it.
  const first = ["600000", "浦发银行0\\N \u00a0'", "9.94", "9.94", "9.86", "9.87", "12,700", "125,857.125", "−0.4036"];
  await readsFiveRows(wei.page, server.url, tested, /80 rows of 2024-03-07 in .+\./, first);
  expect(await differences(database.url, { ...served, records: [] })).toEqual([]);

  await fillTheTable({
    url: server.url,
    starts: wei,
    gather: person,
    range: RANGE,
    days: DAYS,
    again: tested,
    differences: () => differences(database.url, served),
  });
});
