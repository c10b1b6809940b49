import { expect, test } from "vitest";
import { createTushareSource } from "@/server/sources/tushare";
import { tushareDay, tushareSays, TUSHARE_TOKEN } from "../support/fake-tushare";
import { createFakeLog } from "../support/fakes";
import { aGatewayPage, anAnswer } from "../support/wire-faults";
import { FILE_DAY, jumpingClock, refusalOf, rowsOf, unwatched } from "./harness";
import { QUICK, tushareWith } from "./providers";
import { applyRowRules } from "../support/at-once";

const [STOCK = {}] = tushareDay(FILE_DAY, 1);
const dayOf = (...rows: object[]) => ({ days: { [FILE_DAY]: rows.map((row) => ({ ...STOCK, ...row })) } });

test("a row comes in shares, currency units and percent, with name and turnover", async () => {
  const { source } = await tushareWith(
    dayOf({
      ts_code: "600000.SH",
      open: 10.1,
      high: 10.55,
      low: 9.9,
      close: 10.5,
      pre_close: 10,
      change: 0.5,
      pct_chg: 5,
      vol: 1234567.89,
      amount: 1296296.283,
    }),
  );
  expect(await rowsOf(source, FILE_DAY)).toEqual([
    {
      stock_code: "600000",
      stock_name: "平安 0",
      trade_date: "2024-01-02",
      open_price: "10.1",
      close_price: "10.5",
      high_price: "10.55",
      low_price: "9.9",
      volume: "123456789",
      amount: "1296296283",
      change_pct: "5",
      change_amount: "0.5",
      turnover_rate: "1.2345",
      amplitude: "6.5",
    },
  ]);
});

test("names come from the listed, the delisted and the paused", async () => {
  const { source, fake } = await tushareWith();
  const names = (await rowsOf(source, FILE_DAY)).map((row) => row.stock_name);
  expect(names).toEqual(names.map((_, index) => `平安 ${index}`));
  expect(fake.callsOf("stock_basic").map(({ params }) => params["list_status"])).toEqual(["L", "D", "P"]);
});

test("change and amplitude follow from the previous close the source gives, and are empty without one", async () => {
  const { source } = await tushareWith(
    dayOf(
      { change: null, pct_chg: null, close: 10.35, pre_close: 9 },
      { ts_code: "000002.SZ", pre_close: null, change: null, pct_chg: null },
    ),
  );
  const [derived, without] = await rowsOf(source, FILE_DAY);
  expect(derived).toMatchObject({ change_amount: "1.35", change_pct: "15" });
  expect(without).toMatchObject({ change_amount: null, change_pct: null, amplitude: null });
});

test("an empty value is no value", async () => {
  const { source } = await tushareWith(dayOf({ vol: null, amount: null, open: null }));
  expect((await rowsOf(source, FILE_DAY))[0]).toMatchObject({ volume: null, amount: null, open_price: null });
});

test("a market larger than a page comes whole, page after page, with progress", async () => {
  const { source, fake } = await tushareWith({ stocks: 13_000 });
  const reports: number[] = [];
  const fetched = await source.fetchDay(FILE_DAY, { ...unwatched, onProgress: (done) => reports.push(done) });
  expect(fetched).toMatchObject({ rows: { length: 13_000 } });
  expect(fake.callsOf("daily").map(({ params }) => params["offset"])).toEqual([0, 6_000, 12_000]);
  expect(reports).toEqual([6_000, 12_000, 13_000, 13_000]);
});

test("pages shorter than asked for leave no gap: the offset counts the rows received", async () => {
  const { source, fake } = await tushareWith({ stocks: 50 });
  fake.shape.pageRows = 20;
  expect(await rowsOf(source, FILE_DAY)).toHaveLength(50);
  expect(fake.callsOf("daily").map(({ params }) => params["offset"])).toEqual([0, 20, 40]);
});

test("rows that come again with the next page count once", async () => {
  const { source, fake } = await tushareWith({ stocks: 50 });
  fake.shape.pageRows = 20;
  fake.shape.overlap = 3;
  const rows = await rowsOf(source, FILE_DAY);
  expect(new Set(rows.map((row) => row.stock_code)).size).toBe(50);
  expect(rows).toHaveLength(50);
});

test("the same code with other values fails the day", async () => {
  const { source } = await tushareWith(dayOf({ close: 10 }, { close: 11 }));
  const rows = await rowsOf(source, FILE_DAY);
  expect(() => applyRowRules(rows, FILE_DAY)).toThrow("rule=duplicate");
});

test("more that never comes is no whole day", async () => {
  const { source, fake } = await tushareWith();
  fake.shape.pageRows = 0;
  expect(await refusalOf(source, FILE_DAY)).toMatchObject({
    refusal: "broken",
    kind: "protocol",
    detail: "daily: has_more, 0 rows at offset 0",
  });
});

test("columns are found by their name, and a missing one fails the day", async () => {
  const { source, fake } = await tushareWith();
  const rows = await rowsOf(source, FILE_DAY);
  fake.shape.fieldsReversed = true;
  expect(await rowsOf(source, FILE_DAY)).toEqual(rows);
  fake.shape.lacking = "pre_close";
  expect(await refusalOf(source, FILE_DAY)).toMatchObject({ rule: "missing_column", field: "pre_close" });
});

test("rows of another day are left to the row rules, which refuse them", async () => {
  const { source } = await tushareWith(dayOf({ trade_date: "20240103" }));
  const rows = await rowsOf(source, FILE_DAY);
  expect(() => applyRowRules(rows, FILE_DAY)).toThrow("problem=other_day");
});

test("a value longer than any line fails the day", async () => {
  const { source } = await tushareWith(dayOf({ ts_code: "x".repeat(70_000) }));
  expect(await refusalOf(source, FILE_DAY)).toEqual({ rule: "line_too_long", row: 1, limit: "64 kB" });
});

test("a closed day has nothing, and asks for neither names nor turnover", async () => {
  const { source, fake } = await tushareWith();
  expect(await source.fetchDay("2024-01-06", unwatched)).toEqual({ kind: "nothing" });
  expect(fake.calls.map(({ api_name }) => api_name)).toEqual(["daily"]);
});

test("names are read once a day, not once per day fetched", async () => {
  const clock = jumpingClock();
  const { source, fake } = await tushareWith({}, { clock });
  await rowsOf(source, FILE_DAY);
  await rowsOf(source, "2024-01-03");
  expect(fake.callsOf("stock_basic")).toHaveLength(3);
  await clock.sleep(24 * 3_600_000);
  await rowsOf(source, FILE_DAY);
  expect(fake.callsOf("stock_basic")).toHaveLength(6);
});

test("extras the token has no right to are left out, said in the log, and the day comes", async () => {
  const log = createFakeLog();
  const { source, fake } = await tushareWith({}, { log });
  const noRight = tushareSays(40203, "抱歉，您没有接口访问权限，权限的具体详情访问：https://tushare.pro/document/1?doc_id=108。");
  fake.fail(noRight, { about: "stock_basic" });
  fake.fail(noRight, { about: "daily_basic" });
  const rows = await rowsOf(source, FILE_DAY);
  expect(rows).toHaveLength(50);
  expect(rows[0]).toMatchObject({ stock_name: null, turnover_rate: null, close_price: "10.1" });
  expect(log.lines.map(({ level, fields }) => [level, (fields as { what: string }).what])).toEqual([
    ["warn", "stock_basic L"],
    ["warn", "daily_basic"],
  ]);
});

test("an extra whose table lacks a column is left out too, and the day comes", async () => {
  const { source, fake } = await tushareWith();
  fake.shape.lacking = "turnover_rate";
  const rows = await rowsOf(source, FILE_DAY);
  expect([rows.length, rows[0]?.turnover_rate, rows[0]?.stock_name]).toEqual([50, null, "平安 0"]);
});

test("an extra that fails once is asked for again", async () => {
  const { source, fake } = await tushareWith();
  fake.fail(aGatewayPage(502), { about: "daily_basic", times: 1 });
  expect((await rowsOf(source, FILE_DAY))[0]).toMatchObject({ turnover_rate: "1.2345" });
});

test("an extra that asks for a pause lets the day wait, and goes on where it was", async () => {
  const clock = jumpingClock();
  const { source, fake } = await tushareWith({}, { clock });
  const tooOften = tushareSays(
    40203,
    "抱歉，您每分钟最多访问该接口1次，权限的具体详情访问：https://tushare.pro/document/1?doc_id=108。",
  );
  fake.fail(tooOften, { about: "stock_basic", times: 1 });
  expect(await refusalOf(source, FILE_DAY)).toMatchObject({ refusal: "rate" });
  await clock.sleep(60_000);
  expect(await refusalOf(source, FILE_DAY)).toMatchObject({ refusal: "rate" });
  await clock.sleep(60_000);
  expect(await refusalOf(source, FILE_DAY)).toMatchObject({ refusal: "rate" });
  await clock.sleep(60_000);
  expect((await rowsOf(source, FILE_DAY))[0]).toMatchObject({ stock_name: "平安 0" });
  // What the provider said once it need not say again: the second list waited without a call.
  expect(fake.callsOf("stock_basic").map(({ params }) => params["list_status"])).toEqual(["L", "L", "D", "P"]);
});

test("without a token the source cannot be made, and the words say where to get one", () => {
  const make = () => createTushareSource({ token: null, url: "http://127.0.0.1:1", clock: jumpingClock(), limits: QUICK });
  expect(make).toThrow(/^TUSHARE_TOKEN: .*https:\/\/tushare\.pro/);
});

test("the token goes out in the body and is shown nowhere", async () => {
  const { source, fake } = await tushareWith();
  fake.fail(tushareSays(-2001, `参数校验失败 token=${TUSHARE_TOKEN} and again ${TUSHARE_TOKEN}`));
  const refusal = await refusalOf(source, FILE_DAY);
  expect(fake.calls[0]?.token).toBe(TUSHARE_TOKEN);
  expect(refusal).toMatchObject({ refusal: "broken", kind: "other", detail: "参数校验失败 token=*** and again *** (-2001)" });
  fake.heal();
  // A proxy that sends the question back, the token where the words would be cut.
  fake.fail(anAnswer(JSON.stringify({ code: 0, data: null, padding: "x".repeat(150), you: TUSHARE_TOKEN })));
  const echoed = await refusalOf(source, FILE_DAY);
  expect(echoed).toMatchObject({ kind: "protocol" });
  expect(JSON.stringify(echoed)).not.toContain(TUSHARE_TOKEN.slice(0, 6));
});
