import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createMassiveSource } from "@/server/sources/massive";
import type { SourceRefusal } from "@/server/sync/errors";
import { closingMs, MASSIVE_KEY, massiveSays } from "../support/fake-massive";
import { anAnswer } from "../support/wire-faults";
import { FILE_DAY, jumpingClock, refusalOf, rowsOf, unwatched } from "./harness";
import { massiveWith, QUICK, refused, sentences } from "./providers";
import { applyRowRules } from "../support/at-once";

const BAR = {
  T: "AAPL",
  v: 82_488_674.5,
  vw: 185.9469,
  o: 187.15,
  c: 185.64,
  h: 188.44,
  l: 183.885,
  t: closingMs(FILE_DAY),
  n: 1,
};
const dayOf = (...bars: object[]) => ({ days: { [FILE_DAY]: bars.map((bar) => ({ ...BAR, ...bar })) } });

test("a bar comes in whole shares and unadjusted dollars, with the traded value and without invented columns", async () => {
  const { source, fake } = await massiveWith(dayOf({}));
  expect(await rowsOf(source, FILE_DAY)).toEqual([
    {
      stock_code: "AAPL",
      stock_name: null,
      trade_date: "2024-01-02",
      open_price: "187.15",
      close_price: "185.64",
      high_price: "188.44",
      low_price: "183.885",
      volume: "82488675",
      amount: "15338513308.38",
      change_pct: null,
      change_amount: null,
      turnover_rate: null,
      amplitude: null,
    },
  ]);
  expect(fake.calls).toEqual([
    { path: "/v2/aggs/grouped/locale/us/market/stocks/2024-01-02?adjusted=false", authorization: `Bearer ${MASSIVE_KEY}` },
  ]);
});

test("tickers that differ by case are two stocks, and digits stay text", async () => {
  const { source } = await massiveWith(dayOf({ T: "BFp" }, { T: "BFP" }, { T: "007" }));
  const rows = await rowsOf(source, FILE_DAY);
  expect(applyRowRules(rows, FILE_DAY).rows.map((row) => row.stock_code)).toEqual(["BFp", "BFP", "007"]);
});

test("the date of a bar is New York's: an evening there is the next day in London and Shanghai", async () => {
  const evening = Date.parse("2024-01-03T00:30:00Z");
  const { source } = await massiveWith(dayOf({ t: evening }, { T: "MSFT", t: evening + 5 * 3_600_000 }));
  expect((await rowsOf(source, FILE_DAY)).map((row) => row.trade_date)).toEqual(["2024-01-02", "2024-01-03"]);
});

test("bars of another day, or without a time, are left to the row rules, which refuse them", async () => {
  for (const t of [closingMs("2024-01-03"), undefined, "soon"]) {
    const { source } = await massiveWith(dayOf({ t }));
    const rows = await rowsOf(source, FILE_DAY);
    expect(() => applyRowRules(rows, FILE_DAY)).toThrow("field=trade_date");
  }
});

test("honest bars give no warning of their average price, however few and fractional their shares", async () => {
  const bar = fc
    .record({ shares: fc.integer({ min: 1, max: 90_000_000 }), low: fc.integer({ min: 1, max: 9_000_000 }), more: fc.nat(9_999) })
    .map(({ shares, low, more }) => ({
      v: shares / 10_000,
      vw: (low + more / 2) / 10_000,
      l: low / 10_000,
      h: (low + more) / 10_000,
    }));
  await fc.assert(
    fc.asyncProperty(fc.array(bar, { minLength: 50, maxLength: 50 }), async (bars) => {
      const { source, fake } = await massiveWith(dayOf(...bars.map((one, at) => ({ ...one, T: `T${at}`, o: one.l, c: one.h }))));
      const { warnings } = applyRowRules(await rowsOf(source, FILE_DAY), FILE_DAY);
      await Promise.all([source.close?.(), fake.close()]);
      expect(warnings).toEqual([]);
    }),
    { numRuns: 40 },
  );
});

test.each([
  ["the day the clocks go forward", "2024-03-10", "2024-03-10T20:00:00Z"],
  ["the evening before the clocks go forward", "2024-03-08", "2024-03-08T21:00:00Z"],
  ["the first session of summer time", "2024-03-11", "2024-03-11T20:00:00Z"],
  ["the last minute of a day of summer time", "2024-07-03", "2024-07-04T03:59:59Z"],
  ["the first minute of the day the clocks go back", "2024-11-03", "2024-11-03T04:00:00Z"],
  ["the last minute of the day the clocks go back", "2024-11-03", "2024-11-04T04:59:59Z"],
  ["the first session of winter time", "2024-11-04", "2024-11-04T21:00:00Z"],
])("the date of a bar in New York: %s", async (_what, day, instant) => {
  const { source } = await massiveWith(dayOf({ t: Date.parse(instant) }));
  expect((await rowsOf(source, FILE_DAY))[0]?.trade_date).toBe(day);
});

test("a closed day whose results are null is closed all the same", async () => {
  const { source, fake } = await massiveWith();
  fake.fail(anAnswer(JSON.stringify({ status: "OK", resultsCount: 0, results: null })));
  expect(await source.fetchDay(FILE_DAY, unwatched)).toEqual({ kind: "nothing" });
});

test("a bar without a volume-weighted price has no amount", async () => {
  const { source } = await massiveWith(dayOf({ vw: undefined }));
  expect((await rowsOf(source, FILE_DAY))[0]).toMatchObject({ amount: null, volume: "82488675" });
});

test("a closed day is an answer without results: nothing", async () => {
  const { source } = await massiveWith();
  expect(await source.fetchDay("2024-01-06", unwatched)).toEqual({ kind: "nothing" });
});

test.each([
  ["fewer results than counted", { status: "OK", resultsCount: 2, results: [BAR] }, /resultsCount 2, results 1/],
  ["results that were lost", { status: "OK", resultsCount: 2 }, /resultsCount 2, results 0/],
  ["adjusted prices", { status: "OK", adjusted: true, resultsCount: 1, results: [BAR] }, /adjusted prices/],
  ["results that are no list", { status: "OK", results: {} }, /no results/],
])("%s are no day", async (_what, json, words) => {
  const { source, fake } = await massiveWith();
  fake.fail(anAnswer(JSON.stringify(json)));
  expect(await refusalOf(source, FILE_DAY)).toMatchObject({
    refusal: "broken",
    kind: "protocol",
    detail: expect.stringMatching(words),
  });
});

interface Expected {
  refusal: SourceRefusal;
  waitMs: number | null;
  en: RegExp;
  zh: RegExp;
}

describe("a refusal", () => {
  test.each<[string, number, object, Record<string, string>, Expected]>([
    [
      "today before the end of the day",
      403,
      { status: "NOT_AUTHORIZED", message: "Attempted to request today's data before end of day. Please upgrade your plan." },
      {},
      {
        refusal: "later",
        waitMs: null,
        en: /^The source does not have this day yet: Attempted to request/,
        zh: /^数据源还没有这一天的数据：/,
      },
    ],
    [
      "a day outside the plan",
      403,
      { status: "NOT_AUTHORIZED", message: "Your plan doesn't include this data timeframe." },
      {},
      {
        refusal: "plan",
        waitMs: null,
        en: /^These credentials do not give a right to this data: Your plan/,
        zh: /^当前凭据没有/,
      },
    ],
    [
      "a day outside the plan, said with 200",
      200,
      { status: "NOT_AUTHORIZED", message: "You are not entitled to this data." },
      {},
      { refusal: "plan", waitMs: null, en: /right to this data: You are not entitled/, zh: /^当前凭据没有/ },
    ],
    [
      "a wrong key",
      401,
      { status: "ERROR", error: "Unknown API Key" },
      {},
      { refusal: "auth", waitMs: null, en: /check MASSIVE_KEY\): Unknown API Key$/, zh: /请检查 MASSIVE_KEY/ },
    ],
    [
      "too many calls",
      429,
      { status: "ERROR", error: "You've exceeded the maximum requests per minute." },
      {},
      { refusal: "rate", waitMs: 60_000, en: /^The source asks for a pause: You've exceeded/, zh: /^数据源要求放慢请求：/ },
    ],
    [
      "too many calls, with a time",
      429,
      { status: "ERROR", error: "slow down" },
      { "Retry-After": "12" },
      { refusal: "rate", waitMs: 12_000, en: /: slow down$/, zh: /：slow down$/ },
    ],
    [
      "an error said with 200",
      200,
      { status: "ERROR", error: "internal" },
      {},
      { refusal: "broken", waitMs: null, en: /^The source answered with an error: internal$/, zh: /^数据源返回错误：internal$/ },
    ],
  ])("%s", async (_what, status, json, headers, { en, zh, ...expected }) => {
    const { source, fake } = await massiveWith();
    fake.fail(massiveSays(status, json, headers));
    const error = await refused(source);
    expect(error).toMatchObject(expected);
    expect(sentences(error).en).toMatch(en);
    expect(sentences(error).zh).toMatch(zh);
  });
});

test("within the time of a 429 the source is not asked again", async () => {
  const clock = jumpingClock();
  const { source, fake } = await massiveWith({}, { clock });
  fake.fail(massiveSays(429, { error: "slow down" }), { times: 1 });
  await refused(source);
  await clock.sleep(50_000);
  expect(await refused(source)).toMatchObject({ refusal: "rate", waitMs: 10_000 });
  expect(fake.calls).toHaveLength(1);
  await clock.sleep(10_000);
  expect(await rowsOf(source, FILE_DAY)).toHaveLength(50);
});

test("a key that the provider repeats is cut out of its words", async () => {
  const { fake } = await massiveWith();
  const key = "wr0ngwr0ng";
  const source = createMassiveSource({ key, url: `${fake.url}/`, clock: jumpingClock(), limits: QUICK });
  const refusal = await refusalOf(source, FILE_DAY);
  expect(refusal).toMatchObject({ refusal: "auth", detail: "Unknown API Key Bearer ***" });
  expect(JSON.stringify(refusal)).not.toContain(key);
});

test("without a key the source cannot be made, and the words say where to get one", () => {
  const make = () => createMassiveSource({ key: null, url: "http://127.0.0.1:1", clock: jumpingClock() });
  expect(make).toThrow(/^MASSIVE_KEY: .*https:\/\/massive\.com/);
});
