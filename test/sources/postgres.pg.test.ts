import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { keepsTheContract } from "./contract";
import { FILE_DAY, rowsOf, unwatched } from "./harness";
import { type ForeignWorld, openForeignWorld } from "./postgres-world";

let world: ForeignWorld;
beforeAll(async () => {
  world = await openForeignWorld();
  await world.ask(`CREATE SCHEMA market;
    CREATE TABLE market.bars (ticker text, name text, day date, open numeric, high numeric, low numeric, close numeric, volume bigint, amount float8);
    INSERT INTO market.bars VALUES ('600000', '浦发银行', '2024-01-02', 6.60, 6.70, 6.50, 6.65, 100, 660.1),
      ('000001', '平安银行', '2024-01-02', NULL, NULL, NULL, 9.390000000000000001, NULL, NULL), ('000001', '平安银行', '2024-01-03', 9, 9, 9, 9, 9, 81)`);
});
afterAll(() => world.close());

describe("the source postgres", () => {
  keepsTheContract(() => world.source("market.bars"));
});

test("numbers keep every digit, an absent value is null, and the rows of other days stay where they are", async () => {
  const rows = await rowsOf(world.source("market.bars"), FILE_DAY);
  expect(rows).toHaveLength(2);
  expect(rows[0]).toMatchObject({
    stock_code: "600000",
    open_price: "6.60",
    volume: "100",
    amount: "660.1",
    trade_date: FILE_DAY,
  });
  expect(rows[1]).toMatchObject({ stock_name: "平安银行", open_price: null, close_price: "9.390000000000000001", volume: null });
});

test("a column of the previous close tells change and amplitude, by its name or as it is mapped", async () => {
  await world.ask(`CREATE TABLE moved (code text, date date, high numeric, low numeric, close numeric, pre_close numeric);
    INSERT INTO moved VALUES ('600000', '2024-01-02', 12, 9, 11, 10), ('600001', '2024-01-02', 12, 9, 11, NULL)`);
  const mapping = "stock_code=code,trade_date=date,high_price=high,low_price=low,close_price=close,previous_close=pre_close";
  for (const columns of [null, mapping]) {
    const rows = await rowsOf(world.source("moved", columns), FILE_DAY);
    expect(rows).toMatchObject([
      { change_amount: "1", change_pct: "10", amplitude: "30" },
      { change_amount: null, change_pct: null, amplitude: null },
    ]);
  }
});

test("every text comes as it is: tabs, line ends, backslashes, a lone dot, Chinese", async () => {
  const codes = ["a\tb", "a\nb", "a\\b", "\\.", "\\N", "a\rb", "a\bb\fc\vd", "平安 Ａ", '"q"'];
  await world.ask("CREATE TABLE odd (code text, date date, close numeric)");
  const values = codes.map((code) => `(E'${code.replaceAll("\\", "\\\\").replaceAll("'", "''")}', '${FILE_DAY}', 1)`);
  await world.ask(`INSERT INTO odd VALUES ${values.join(", ")}`);
  expect((await rowsOf(world.source("odd"), FILE_DAY)).map(({ stock_code }) => stock_code)).toEqual(codes);
});

test("names with capitals, blanks, dots and quotes are found in double quotes", async () => {
  await world.ask(`CREATE SCHEMA "My Data"; CREATE TABLE "My Data"."T.""1" ("The Code" text, "Day" date, "C" numeric);
    INSERT INTO "My Data"."T.""1" VALUES ('A', '${FILE_DAY}', 1)`);
  const source = world.source('"My Data"."T.""1"', "stock_code=The Code,trade_date=Day,close_price=C");
  expect(await rowsOf(source, FILE_DAY)).toMatchObject([{ stock_code: "A", close_price: "1" }]);
  const tricky = world.source('"My Data"."T""; DROP SCHEMA market"');
  await expect(tricky.fetchDay(FILE_DAY, unwatched)).rejects.toMatchObject({ params: { kind: "misconfigured" } });
  expect(await world.ask("SELECT count(*)::int AS n FROM market.bars")).toEqual([{ n: 3 }]);
});

test.each([
  ["date", "2024-01-02"],
  ["timestamp", "2024-01-02 15:00"],
  // 2024-01-02 in Shanghai, the day before in UTC.
  ["timestamptz", "2024-01-01 16:30:00+00"],
  ["text", "2024-01-02"],
  ["varchar(8)", "20240102"],
  ["char(10)", "2024-01-02"],
  ["integer", "20240102"],
])("the day may be a %s", async (type, value) => {
  const table = `by_${type.replace(/\W/g, "")}`;
  await world.ask(`CREATE TABLE ${table} (code text, trade_date ${type}, close numeric);
    INSERT INTO ${table} VALUES ('A', '${value}', 1), ('B', ${type === "integer" ? "20240104" : "'20240104'"}, 2)`);
  const rows = await rowsOf(world.source(table), FILE_DAY);
  expect(rows.map(({ stock_code, trade_date }) => [stock_code, trade_date])).toEqual([["A", FILE_DAY]]);
});

test("a domain over a type counts as the type, and a view is as good as a table", async () => {
  await world.ask(`CREATE DOMAIN trading_day AS date; CREATE TABLE by_domain (code text, date trading_day, close numeric);
    INSERT INTO by_domain VALUES ('A', '${FILE_DAY}', 100); CREATE VIEW in_lots AS SELECT code, date, close, 5 * 100 AS volume FROM by_domain`);
  expect(await rowsOf(world.source("in_lots"), FILE_DAY)).toMatchObject([{ stock_code: "A", volume: "500" }]);
});

test("the connection of the source can write nothing", async () => {
  await world.ask(`CREATE FUNCTION meddle() RETURNS text LANGUAGE sql VOLATILE AS 'INSERT INTO market.bars (ticker) VALUES (''X'') RETURNING ticker';
    CREATE VIEW meddling AS SELECT meddle() AS code, DATE '${FILE_DAY}' AS date, 1 AS close`);
  await expect(world.source("meddling").fetchDay(FILE_DAY, unwatched)).rejects.toThrow(/read-only transaction/);
});
