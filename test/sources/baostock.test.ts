import { describe, expect, test } from "vitest";
import type { Day } from "@/lib/contract/day";
import { createMemoryStage } from "@/server/sources/baostock/memory-stage";
import type { Source } from "@/server/sync/source-ports";
import type { Stage } from "@/server/sync/stage-ports";
import { aBaostock, DAY, DAYS, HISTORY, prepare } from "./baostock/world";
import { rowsOf, unwatched } from "./harness";
import { applyRowRules } from "../support/at-once";

const baostock = aBaostock();

describe("a day of Baostock", () => {
  test("has every stock and no index, six digits, names as they are, and every value in its unit", async () => {
    const rows = await rowsOf(baostock.source(), DAY);
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
    const suspended = (await rowsOf(baostock.source(), DAY)).find((row) => row.stock_code === "000001");
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
    expect(await baostock.source().fetchDay(DAY, unwatched)).toMatchObject({ kind: "rows", expected: 6 });
  });

  test("on which the exchange was closed is told as closed, without asking for a stock", async () => {
    await baostock.serve({ stocks: 6, holidays: [DAY] });
    expect(await baostock.source().fetchDay(DAY, unwatched)).toEqual({ kind: "closed" });
    expect(baostock.fake().asked("query_all_stock") + baostock.fake().asked(HISTORY)).toBe(0);
  });

  test("that is not published yet is nothing, after two questions", async () => {
    await baostock.serve({ stocks: 6, publishedUntil: "2024-01-01" });
    expect(await baostock.source().fetchDay(DAY, unwatched)).toEqual({ kind: "nothing" });
    expect(baostock.fake().requests.map(({ method }) => method)).toEqual(["login", "query_trade_dates", "query_all_stock"]);
  });

  test("comes page by page where a page is full", async () => {
    const stage = createMemoryStage();
    const source = baostock.source({ pageRows: 4 });
    await prepare(source, DAYS, { stage });
    expect(baostock.fake().requests.filter(({ method, fields }) => method === HISTORY && fields[2] === "2")).toHaveLength(6);
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
    const source = baostock.source({ calendar });
    await prepare(source, ["2024-01-02", "2024-01-05"], { stage });
    expect(await openBefore(source, "2024-01-02", stage)).toEqual(["2024-01-01"]);
    expect(await openBefore(source, "2024-01-05", stage)).toEqual(["2024-01-03", "2024-01-04"]);
    expect(baostock.fake().asked("query_trade_dates")).toBe(1);
    // Of one day alone, and after another process collected it.
    expect(await openBefore(baostock.source({ calendar }), "2024-01-05")).toEqual(["2024-01-01", "2024-01-03", "2024-01-04"]);
    expect(await openBefore(baostock.source({ calendar }), "2024-01-31")).toEqual(["2024-01-01", "2024-01-03", "2024-01-04"]);
    expect(await openBefore(baostock.source({ calendar }), "2024-02-01")).toEqual(["2024-01-03", "2024-01-04"]);
  });
  test("is not told where both have it closed, nor where the operator has it closed", async () => {
    await baostock.serve({ stocks: 3, holidays: ["2024-01-03"] });
    const isSet = (day: Day) => day === "2024-01-04" || day === "2024-01-01";
    expect(await openBefore(baostock.source({ calendar: { ...calendar, isSet } }), "2024-01-05")).toBeUndefined();
  });
});

test("a test of the source asks for five stocks and stores nothing", async () => {
  const fetched = await baostock.source().probe?.(DAY, unwatched);
  expect(fetched).toMatchObject({ kind: "rows" });
  expect(fetched?.kind === "rows" && fetched.rows).toHaveLength(5);
  expect(baostock.fake().asked(HISTORY)).toBe(5);
});
