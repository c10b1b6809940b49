import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { Day } from "@/lib/contract/day";
import { type BaostockOptions, createBaostockSource } from "@/server/sources/baostock";
import { createMemoryStage } from "@/server/sources/baostock/memory-stage";
import { SourceError, StoppedError } from "@/server/sync/errors";
import type { Source } from "@/server/sync/source-ports";
import type { Stage } from "@/server/sync/stage-ports";
import { applyRowRules } from "@/server/sync/rows/row-rules";
import { type BaostockFault, type FakeBaostock, startFakeBaostock } from "../support/fake-baostock";
import type { FakeMarket } from "../support/fake-baostock-market";
import { jumpingClock, NEVER_CLOSED, rowsOf, unwatched } from "./harness";
import { sentencesOf } from "./sentences";

const DAY = "2024-01-02";
/** Tuesday to Friday of the week after New Year. */
const DAYS = ["2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05"] as const;

let fake: FakeBaostock;
const serve = async (market: FakeMarket) => {
  await fake.close();
  fake = await startFakeBaostock(market);
};
beforeEach(async () => {
  fake = await startFakeBaostock({ stocks: 6, suspended: [1] });
});
afterEach(() => fake.close());

function sourceOf(over: Partial<BaostockOptions> = {}): Source {
  const source = createBaostockSource({
    host: fake.host,
    port: fake.port,
    clock: jumpingClock(),
    calendar: NEVER_CLOSED,
    answerTimeoutMs: 2_000,
    ...over,
  });
  onTestFinished(() => source.close?.());
  return source;
}

interface Walk {
  stage?: Stage;
  progress?: [number, number | null][];
  betweenRequests?: () => Promise<void>;
}

const prepare = (source: Source, days: readonly (typeof DAYS)[number][], { stage, progress = [], betweenRequests }: Walk = {}) =>
  source.prepare?.(days, {
    signal: unwatched.signal,
    stage: stage ?? createMemoryStage(),
    onProgress: (done, of) => void progress.push([done, of]),
    betweenRequests: betweenRequests ?? (async () => {}),
  });

describe("a day of Baostock", () => {
  test("has every stock and no index, six digits, names as they are, and every value in its unit", async () => {
    const rows = await rowsOf(sourceOf(), DAY);
    expect(rows.map((row) => row.stock_code)).toEqual(["600000", "600001", "600002", "000001", "000002", "000003"]);
    expect(rows.find((row) => row.stock_code === "600002")).toEqual({
      stock_code: "600002",
      stock_name: "万 科Ａ4",
      trade_date: DAY,
      open_price: "10.0700",
      close_price: "10.1100",
      high_price: "10.1500",
      low_price: "10.0300",
      volume: "10004",
      amount: "100940.3600",
      change_pct: "0.421100",
      change_amount: "0.05",
      turnover_rate: "0.512300",
      amplitude: "1.1928",
    });
    expect(applyRowRules(rows, DAY)).toMatchObject({ rejected: 0, warnings: [] });
  });

  test("keeps a suspended stock as it is delivered: flat, without volume, nothing where nothing came", async () => {
    const suspended = (await rowsOf(sourceOf(), DAY)).find((row) => row.stock_code === "000001");
    expect(suspended).toMatchObject({
      open_price: "10.0300",
      close_price: "10.0300",
      volume: "0",
      change_pct: null,
      change_amount: "0",
      turnover_rate: null,
      amplitude: "0",
    });
  });

  test("says how many rows it must have", async () => {
    expect(await sourceOf().fetchDay(DAY, unwatched)).toMatchObject({ kind: "rows", expected: 6 });
  });

  test("on which the exchange was closed is told as closed, without asking for a stock", async () => {
    await serve({ stocks: 6, holidays: [DAY] });
    expect(await sourceOf().fetchDay(DAY, unwatched)).toEqual({ kind: "closed" });
    expect(fake.asked("query_all_stock") + fake.asked("query_history_k_data_plus")).toBe(0);
  });

  test("that is not published yet is nothing, after two questions", async () => {
    await serve({ stocks: 6, publishedUntil: "2024-01-01" });
    expect(await sourceOf().fetchDay(DAY, unwatched)).toEqual({ kind: "nothing" });
    expect(fake.requests.map(({ method }) => method)).toEqual(["login", "query_trade_dates", "query_all_stock"]);
  });

  test("comes page by page where a page is full", async () => {
    const stage = createMemoryStage();
    const source = sourceOf({ pageRows: 4 });
    await prepare(source, DAYS, { stage });
    expect(
      fake.requests.filter(({ method, fields }) => method === "query_history_k_data_plus" && fields[2] === "2"),
    ).toHaveLength(6);
    for (const day of DAYS) expect(await stage.rowsOf(day)).toHaveLength(6);
  });
});

describe("a day that our calendar has closed and the source has open", () => {
  const closedHere = new Set<string>(["2024-01-01", "2024-01-03", "2024-01-04"]);
  const calendar = { closedReason: (day: Day) => (closedHere.has(day) ? "holiday" : null) } as const;
  const openBefore = async (source: Source, day: Day, stage?: Stage) => {
    const fetched = await source.fetchDay(day, { ...unwatched, ...(stage ? { stage } : {}) });
    return fetched.kind === "rows" ? fetched.openBefore : fetched;
  };

  test("is told with the next day that is asked for, up to 30 days before the first; no request more is made for it", async () => {
    const stage = createMemoryStage();
    const source = sourceOf({ calendar });
    await prepare(source, ["2024-01-02", "2024-01-05"], { stage });
    expect(await openBefore(source, "2024-01-02", stage)).toEqual(["2024-01-01"]);
    expect(await openBefore(source, "2024-01-05", stage)).toEqual(["2024-01-03", "2024-01-04"]);
    expect(fake.asked("query_trade_dates")).toBe(1);
    // Of one day alone, and after another process collected it.
    expect(await openBefore(sourceOf({ calendar }), "2024-01-05")).toEqual(["2024-01-01", "2024-01-03", "2024-01-04"]);
    expect(await openBefore(sourceOf({ calendar }), "2024-01-31")).toEqual(["2024-01-01", "2024-01-03", "2024-01-04"]);
    expect(await openBefore(sourceOf({ calendar }), "2024-02-01")).toEqual(["2024-01-03", "2024-01-04"]);
  });
  test("is not told where both have it closed, nor where the operator has it closed", async () => {
    await serve({ stocks: 3, holidays: ["2024-01-03"] });
    const isSet = (day: Day) => day === "2024-01-04" || day === "2024-01-01";
    expect(await openBefore(sourceOf({ calendar: { ...calendar, isSet } }), "2024-01-05")).toBeUndefined();
  });
});

describe("a walk over the stocks", () => {
  test("asks once a stock for many days, and reports stock by stock", async () => {
    const stage = createMemoryStage();
    const progress: [number, number | null][] = [];
    const source = sourceOf();
    await prepare(source, DAYS, { stage, progress });
    expect(fake.asked("query_history_k_data_plus")).toBe(6);
    expect(fake.asked("query_all_stock")).toBe(4);
    expect(progress).toEqual([0, 1, 2, 3, 4, 5, 6].map((done) => [done, 6]));
    expect(await source.fetchDay(DAYS[3], { ...unwatched, stage })).toMatchObject({ kind: "rows", expected: 6 });
    expect(fake.asked("query_history_k_data_plus")).toBe(6);
  });

  test("gives each day the rows it has alone", async () => {
    const stage = createMemoryStage();
    const source = sourceOf();
    await prepare(source, DAYS, { stage });
    for (const day of DAYS)
      expect(await stage.rowsOf(day)).toEqual((await rowsOf(source, day)).toSorted(byPlace(await stage.rowsOf(day))));
  });

  test("that is stopped between two requests goes on with the stocks it has not", async () => {
    const stage = createMemoryStage();
    const source = sourceOf();
    let requests = 0;
    const stopping = prepare(source, DAYS, {
      stage,
      betweenRequests: async () => {
        requests += 1;
        if (requests > 7) throw new StoppedError();
      },
    });
    await expect(stopping).rejects.toThrow(StoppedError);
    expect(fake.asked("query_history_k_data_plus")).toBe(3);
    await prepare(sourceOf(), DAYS, { stage });
    expect(fake.asked("query_history_k_data_plus")).toBe(6);
    expect(fake.asked("query_all_stock")).toBe(4);
    expect(fake.asked("query_trade_dates")).toBe(1);
    for (const day of DAYS) expect(await stage.rowsOf(day)).toHaveLength(6);
  });

  test("keeps of a stock only the days that were asked for", async () => {
    const stage = createMemoryStage();
    await prepare(sourceOf(), ["2024-01-02", "2024-01-05"], { stage });
    expect(await stage.rowsOf("2024-01-03")).toEqual([]);
    expect(await stage.rowsOf("2024-01-05")).toHaveLength(6);
  });
});

describe("a stock that the source answers with an error", () => {
  const NO_SUCH: BaostockFault = { error: ["10004012", "股票代码错误"] };
  const refusing = (codes: readonly string[], times = 9) => {
    const asked = new Map<string, number>();
    fake.faultOf = ({ method, fields }) => {
      const code = fields[4] ?? "";
      if (method !== "query_history_k_data_plus" || !codes.includes(code)) return undefined;
      asked.set(code, (asked.get(code) ?? 0) + 1);
      return (asked.get(code) ?? 0) <= times ? NO_SUCH : undefined;
    };
  };

  test("once is asked for again behind all others, and nothing is missing", async () => {
    refusing(["sh.600001"], 1);
    const stage = createMemoryStage();
    const source = sourceOf();
    await prepare(source, DAYS, { stage });
    expect(fake.asked("query_history_k_data_plus")).toBe(7);
    expect(fake.requests.at(-1)?.fields[4]).toBe("sh.600001");
    for (const day of DAYS) {
      const fetched = await source.fetchDay(day, { ...unwatched, stage });
      expect(fetched.kind === "rows" && fetched.rows).toHaveLength(6);
    }
  });

  test("for good fails the days it is listed on, in words that name it, and no other day", async () => {
    await serve({ stocks: 6, listedFrom: { 2: DAYS[1] }, delistedFrom: { 2: DAYS[3] } });
    refusing(["sh.600001"]);
    const stage = createMemoryStage();
    const source = sourceOf();
    await prepare(source, DAYS, { stage });
    for (const day of [DAYS[0], DAYS[3]]) {
      const fetched = await source.fetchDay(day, { ...unwatched, stage });
      expect(fetched).toMatchObject({ kind: "rows", expected: 5 });
      expect(fetched.kind === "rows" && fetched.rows).toHaveLength(5);
    }
    for (const day of [DAYS[1], DAYS[2]]) {
      const refused = source.fetchDay(day, { ...unwatched, stage });
      const params = { kind: "refused_symbol", code: "600001", count: 1, detail: "股票代码错误 (10004012)" };
      await expect(refused).rejects.toMatchObject({ refusal: "broken", retry: false, params });
      const [en = "", zh = ""] = sentencesOf(params);
      expect(en).toBe("The source gives no rows of 600001, which is listed on this day: 股票代码错误 (10004012)");
      expect(zh).toBe("当日在市的 600001 无法从数据源取得：股票代码错误 (10004012)");
    }
    expect(fake.asked("query_history_k_data_plus")).toBe(7);
  });

  test("is asked for once more by the next run, and its days come whole then", async () => {
    refusing(["sh.600001"], 2);
    const stage = createMemoryStage();
    await prepare(sourceOf(), DAYS, { stage });
    await expect(sourceOf().fetchDay(DAY, { ...unwatched, stage })).rejects.toMatchObject({ params: { code: "600001" } });
    const next = sourceOf();
    await prepare(next, DAYS, { stage });
    expect(await next.fetchDay(DAY, { ...unwatched, stage })).toMatchObject({ kind: "rows", rows: { length: 6 } });
    expect(fake.asked("query_history_k_data_plus")).toBe(8);
  });

  test("is not blamed where three in a row are refused: then the walk fails with the words of the server", async () => {
    refusing(["sh.600000", "sh.600001", "sh.600002"]);
    await expect(prepare(sourceOf(), DAYS)).rejects.toMatchObject({ refusal: "broken", params: { kind: "other" } });
    expect(fake.asked("query_history_k_data_plus")).toBe(3);
  });
});

describe("poisoned rows are refused before anything of the stock is kept", () => {
  const poison: [string, (records: string[][]) => string[][], string][] = [
    ["of another stock", (records) => records.map((record) => record.with(1, "sh.999999")), "sh.999999"],
    ["of a day that was not asked for", (records) => records.map((record) => record.with(0, "2030-01-01")), "2030-01-01"],
    ["with a field too few", (records) => records.map((record) => record.slice(1)), "expected 12"],
    ["that are no texts", (records) => records.map((record) => record.with(2, 10 as unknown as string)), "not lists of texts"],
  ];
  test.each(poison)("rows %s", async (_what, records, words) => {
    fake.faultOf = ({ method, number }) => (method === "query_history_k_data_plus" && number === 3 ? { records } : undefined);
    const stage = createMemoryStage();
    const refused = prepare(sourceOf(), DAYS, { stage });
    await expect(refused).rejects.toThrow(SourceError);
    await expect(refused).rejects.toMatchObject({
      refusal: "broken",
      params: { kind: "protocol", detail: expect.stringContaining(words) },
    });
    expect([...(await stage.kept())]).toHaveLength(2);
  });

  test.each<["truncated_zlib" | "bomb", string]>([
    ["truncated_zlib", "protocol"],
    ["bomb", "too_large"],
  ])("an answer with %s", async (fault, kind) => {
    fake.faultOf = ({ method, number }) => (method === "query_history_k_data_plus" && number === 1 ? fault : undefined);
    await expect(sourceOf().fetchDay(DAY, unwatched)).rejects.toMatchObject({ refusal: "broken", params: { kind } });
  });

  test("data that is no JSON", async () => {
    fake.faultOf = ({ method }) => (method === "query_all_stock" ? { data: '{"record":[["sh.600000"' } : undefined);
    await expect(sourceOf().fetchDay(DAY, unwatched)).rejects.toMatchObject({ params: { kind: "protocol" } });
  });

  test("an unreadable price is left to the row rules, which name row and field", async () => {
    fake.faultOf = ({ method, number }) =>
      method === "query_history_k_data_plus" && number === 1
        ? { records: (rows) => rows.map((row) => row.with(5, "NaN")) }
        : undefined;
    const rows = await rowsOf(sourceOf(), DAY);
    expect(() => applyRowRules(rows, DAY)).toThrow(/not_finite.*close_price/);
  });
});

test("a test of the source asks for five stocks and stores nothing", async () => {
  const fetched = await sourceOf().probe?.(DAY, unwatched);
  expect(fetched).toMatchObject({ kind: "rows" });
  expect(fetched?.kind === "rows" && fetched.rows).toHaveLength(5);
  expect(fake.asked("query_history_k_data_plus")).toBe(5);
});

/** Sorts rows as another list of the same codes has them. */
function byPlace(rows: readonly { stock_code: string | null }[]) {
  const places = new Map(rows.map((row, index) => [row.stock_code, index]));
  return (a: { stock_code: string | null }, b: { stock_code: string | null }) =>
    (places.get(a.stock_code) ?? 0) - (places.get(b.stock_code) ?? 0);
}
