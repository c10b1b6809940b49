import { expect, test } from "vitest";
import type { Day } from "@/lib/contract/day";
import { createFakeClock } from "../../support/clock";
import { type TushareWorld, tushareDay, tushareSays } from "../../support/fake-tushare";
import { createFakeLog } from "../../support/fakes";
import { aGatewayPage } from "../../support/wire-faults";
import { FILE_DAY, unwatched } from "../harness";
import { type Over, tushareWith } from "../providers";

const codeAt = (index: number) => String(tushareDay(FILE_DAY, index + 1)[index]?.["ts_code"]);
/** One of the market's own is suspended: without anybody the list is taken for one that is not there. */
const SOMEBODY = { ts_code: codeAt(9) };

async function expectedIn(world: TushareWorld, day: Day = FILE_DAY, over: Over = {}) {
  const { source, fake } = await tushareWith({ suspended: { [day]: [SOMEBODY] }, ...world }, over);
  return { expected: await expectedFrom(source, day), source, fake };
}

async function expectedFrom(source: Awaited<ReturnType<typeof tushareWith>>["source"], day: Day = FILE_DAY) {
  const fetched = await source.fetchDay(day, unwatched);
  if (fetched.kind !== "rows") throw new Error(`no rows on ${day}`);
  return fetched.expected;
}

test("the stocks listed less those suspended for the whole day are expected, one call a day", async () => {
  const { expected, fake, source } = await expectedIn({ stocks: 50 });
  expect(expected).toBe(49);
  expect(fake.callsOf("suspend_d").map(({ params, fields }) => [params, fields])).toEqual([
    [{ trade_date: "20240102", suspend_type: "S", limit: 6_000, offset: 0 }, "ts_code,trade_date,suspend_timing,suspend_type"],
  ]);
  expect(await source.fetchDay(FILE_DAY, unwatched)).toMatchObject({ kind: "rows", rows: { length: 49 } });
});

test("who is suspended for some hours only trades, and is expected", async () => {
  const suspended = {
    [FILE_DAY]: [
      SOMEBODY,
      { ts_code: codeAt(10), suspend_timing: "09:30-10:00" },
      // Once for the day and once for hours: the exchange changed its mind, and a row may come.
      { ts_code: codeAt(11) },
      { ts_code: codeAt(11), suspend_timing: "09:30-10:30" },
    ],
  };
  expect((await expectedIn({ suspended })).expected).toBe(49);
});

test("who is suspended without being listed counts for nothing", async () => {
  const suspended = { [FILE_DAY]: [SOMEBODY, { ts_code: "600999.SH" }, { ts_code: "900901.SH" }] };
  expect((await expectedIn({ suspended })).expected).toBe(49);
});

test.each([
  ["listed that very day", { list_date: "20240102" }, 1],
  ["listed the day after", { list_date: "20240103" }, 0],
  ["delisted the day after", { delist_date: "20240103" }, 1],
  ["delisted that very day", { delist_date: "20240102" }, 0],
  ["delisted long before", { delist_date: "20050102" }, 0],
  ["of no known date", { list_date: null }, 0],
  ["of an unreadable date", { list_date: "soon" }, 0],
  ["a B-share of Shanghai", { ts_code: "900901.SH" }, 0],
  ["a B-share of Shenzhen", { ts_code: "200002.SZ" }, 0],
  ["of the growth board", { ts_code: "300999.SZ" }, 1],
  ["of the science board", { ts_code: "688981.SH" }, 1],
  ["of Beijing, after its exchange opened", { ts_code: "920002.BJ", list_date: "20200727" }, 1],
])("a stock %s: %o is expected %d times", async (_what, over, times) => {
  const stock = { ts_code: "600998.SH", name: "一", list_date: "19991110", delist_date: null, ...over };
  expect((await expectedIn({ alsoListed: { D: [stock] } })).expected).toBe(49 + times);
});

test("a stock of Beijing is expected from the day on which its exchange opened, whatever its own date says", async () => {
  const stock = { ts_code: "430047.BJ", name: "一", list_date: "20200727", delist_date: null };
  const suspended: Record<Day, { ts_code: string }[]> = { "2021-11-12": [SOMEBODY], "2021-11-15": [SOMEBODY] };
  const { expected, source } = await expectedIn({ alsoListed: { L: [stock] }, suspended }, "2021-11-12");
  expect(expected).toBe(49);
  expect(await expectedFrom(source, "2021-11-15")).toBe(50);
});

test("a stock that stands in two lists counts once", async () => {
  const stock = { ts_code: codeAt(5), name: "一", list_date: "19910403", delist_date: null };
  expect((await expectedIn({ alsoListed: { P: [stock] } })).expected).toBe(49);
});

test("a day on which nobody was suspended has no expectation: the list may not be there", async () => {
  const { expected, fake } = await expectedIn({ suspended: {} });
  expect(expected).toBeUndefined();
  expect(fake.callsOf("suspend_d")).toHaveLength(1);
});

const NO_RIGHT = tushareSays(40203, "抱歉，您没有接口访问权限，权限的具体详情访问：https://tushare.pro/document/1?doc_id=108。");

test("without the right to the suspensions there is no expectation, and the day comes with names and turnover", async () => {
  const log = createFakeLog();
  const { source, fake } = await tushareWith({}, { log });
  fake.fail(NO_RIGHT, { about: "suspend_d" });
  const fetched = await source.fetchDay(FILE_DAY, unwatched);
  expect(fetched).toMatchObject({ kind: "rows", rows: { length: 50, 0: { stock_name: "平安 0", turnover_rate: "1.2345" } } });
  expect(fetched).not.toHaveProperty("expected");
  expect(log.lines.map(({ fields }) => (fields as { what: string }).what)).toEqual(["suspend_d"]);
});

test("where a list of the stocks is missing nothing is expected, and nobody is asked for suspensions", async () => {
  const { source, fake } = await tushareWith({ suspended: { [FILE_DAY]: [SOMEBODY] } });
  fake.fail(NO_RIGHT, { about: "stock_basic P" });
  expect(await expectedFrom(source)).toBeUndefined();
  expect(fake.callsOf("suspend_d")).toEqual([]);
  fake.heal();
  expect(await expectedFrom(source)).toBe(49);
  expect(fake.callsOf("stock_basic").map(({ params }) => params["list_status"])).toEqual(["L", "D", "P", "P"]);
});

test("a suspension list that fails once is asked for again", async () => {
  const { source, fake } = await tushareWith({ suspended: { [FILE_DAY]: [SOMEBODY] } });
  fake.fail(aGatewayPage(502), { about: "suspend_d", times: 1 });
  expect(await expectedFrom(source)).toBe(49);
});

test("the lists are read anew on the next day of the exchange, though a day has not passed: what is listed today has its name", async () => {
  const clock = createFakeClock();
  const { source, fake } = await tushareWith({}, { clock });
  await expectedFrom(source);
  await clock.advance(11 * 3_600_000);
  await expectedFrom(source, "2024-01-03");
  expect(fake.callsOf("stock_basic")).toHaveLength(3);
  await clock.advance(2 * 3_600_000);
  await expectedFrom(source, "2024-01-04");
  expect(fake.callsOf("stock_basic")).toHaveLength(6);
});
