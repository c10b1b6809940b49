import { describe, expect, test } from "vitest";
import { createMemoryStage } from "@/server/sources/baostock/memory-stage";
import { StoppedError } from "@/server/sync/errors";
import type { Stage } from "@/server/sync/stage-ports";
import type { BaostockFault } from "../../support/fake-baostock";
import { jumpingClock, rowsOf, unwatched } from "../harness";
import { sentencesOf } from "../sentences";
import { aBaostock, DAY, DAYS, HISTORY, prepare } from "./world";

const baostock = aBaostock();

describe("a walk over the stocks", () => {
  test("asks once a stock for many days, and reports stock by stock", async () => {
    const stage = createMemoryStage();
    const progress: [number, number | null][] = [];
    const source = baostock.source();
    await prepare(source, DAYS, { stage, progress });
    expect(baostock.fake().asked(HISTORY)).toBe(6);
    expect(baostock.fake().asked("query_all_stock")).toBe(4);
    expect(progress).toEqual([0, 1, 2, 3, 4, 5, 6].map((done) => [done, 6]));
    expect(await source.fetchDay(DAYS[3], { ...unwatched, stage })).toMatchObject({ kind: "rows", expected: 6 });
    expect(baostock.fake().asked(HISTORY)).toBe(6);
  });

  test("gives each day the rows it has alone", async () => {
    const stage = createMemoryStage();
    const source = baostock.source();
    await prepare(source, DAYS, { stage });
    for (const day of DAYS)
      expect(await stage.rowsOf(day)).toEqual((await rowsOf(source, day)).toSorted(byPlace(await stage.rowsOf(day))));
  });

  test("that is stopped between two requests goes on with the stocks it has not", async () => {
    const stage = createMemoryStage();
    const source = baostock.source();
    let requests = 0;
    const stopping = prepare(source, DAYS, {
      stage,
      betweenRequests: async () => {
        requests += 1;
        if (requests > 7) throw new StoppedError();
      },
    });
    await expect(stopping).rejects.toThrow(StoppedError);
    expect(baostock.fake().asked(HISTORY)).toBe(3);
    await prepare(baostock.source(), DAYS, { stage });
    expect(baostock.fake().asked(HISTORY)).toBe(6);
    expect(baostock.fake().asked("query_all_stock")).toBe(4);
    expect(baostock.fake().asked("query_trade_dates")).toBe(1);
    for (const day of DAYS) expect(await stage.rowsOf(day)).toHaveLength(6);
  });

  test("that is killed among the lists has kept those that took their time, and asks for the others only", async () => {
    const clock = jumpingClock();
    const kept = createMemoryStage();
    let isKilled = false;
    const stage: Stage = {
      ...kept,
      keepNotes: async (notes) => (isKilled ? undefined : kept.keepNotes(structuredClone(notes))),
    };
    const killed = prepare(baostock.source({ clock }), DAYS, {
      stage,
      betweenRequests: async () => {
        await clock.sleep(2_000);
        isKilled = baostock.fake().asked("query_all_stock") === 3;
        if (isKilled) throw new Error("kill -9");
      },
    });
    await expect(killed).rejects.toThrow("kill -9");
    await prepare(baostock.source(), DAYS, { stage: kept });
    expect(baostock.fake().asked("query_all_stock")).toBe(4);
    expect(baostock.fake().asked("query_trade_dates")).toBe(1);
  });

  test("keeps of a stock only the days that were asked for", async () => {
    const stage = createMemoryStage();
    await prepare(baostock.source(), ["2024-01-02", "2024-01-05"], { stage });
    expect(await stage.rowsOf("2024-01-03")).toEqual([]);
    expect(await stage.rowsOf("2024-01-05")).toHaveLength(6);
  });
});

describe("a stock that the source answers with an error", () => {
  const NO_SUCH: BaostockFault = { error: ["10004012", "股票代码错误"] };
  const refusing = (codes: readonly string[], times = 9) => {
    const asked = new Map<string, number>();
    baostock.fake().faultOf = ({ method, fields }) => {
      const code = fields[4] ?? "";
      if (method !== HISTORY || !codes.includes(code)) return undefined;
      asked.set(code, (asked.get(code) ?? 0) + 1);
      return (asked.get(code) ?? 0) <= times ? NO_SUCH : undefined;
    };
  };

  test("once is asked for again behind all others, and nothing is missing", async () => {
    refusing(["sh.600001"], 1);
    const stage = createMemoryStage();
    const source = baostock.source();
    await prepare(source, DAYS, { stage });
    expect(baostock.fake().asked(HISTORY)).toBe(7);
    expect(baostock.fake().requests.at(-1)?.fields[4]).toBe("sh.600001");
    for (const day of DAYS) {
      const fetched = await source.fetchDay(day, { ...unwatched, stage });
      expect(fetched.kind === "rows" && fetched.rows).toHaveLength(6);
    }
  });

  test("for good fails the days it is listed on, in words that name it, and no other day", async () => {
    await baostock.serve({ stocks: 6, listedFrom: { 2: DAYS[1] }, delistedFrom: { 2: DAYS[3] } });
    refusing(["sh.600001"]);
    const stage = createMemoryStage();
    const source = baostock.source();
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
    expect(baostock.fake().asked(HISTORY)).toBe(7);
  });

  test("is asked for once more by the next run, and its days come whole then", async () => {
    refusing(["sh.600001"], 2);
    const stage = createMemoryStage();
    await prepare(baostock.source(), DAYS, { stage });
    await expect(baostock.source().fetchDay(DAY, { ...unwatched, stage })).rejects.toMatchObject({ params: { code: "600001" } });
    const next = baostock.source();
    await prepare(next, DAYS, { stage });
    expect(await next.fetchDay(DAY, { ...unwatched, stage })).toMatchObject({ kind: "rows", rows: { length: 6 } });
    expect(baostock.fake().asked(HISTORY)).toBe(8);
  });

  test("is not blamed where three in a row are refused: then the walk fails with the words of the server", async () => {
    refusing(["sh.600000", "sh.600001", "sh.600002"]);
    await expect(prepare(baostock.source(), DAYS)).rejects.toMatchObject({ refusal: "broken", params: { kind: "other" } });
    expect(baostock.fake().asked(HISTORY)).toBe(3);
  });
});

/** Sorts rows as another list of the same codes has them. */
function byPlace(rows: readonly { stock_code: string | null }[]) {
  const places = new Map(rows.map((row, index) => [row.stock_code, index]));
  return (a: { stock_code: string | null }, b: { stock_code: string | null }) =>
    (places.get(a.stock_code) ?? 0) - (places.get(b.stock_code) ?? 0);
}
