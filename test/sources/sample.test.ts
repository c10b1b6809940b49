import { describe, expect, test } from "vitest";
import { type Day, eachDay } from "@/lib/contract/day";
import { createSampleSource } from "@/server/sources/sample";
import type { SampleConfig } from "@/server/sources/source-config";
import { SourceError } from "@/server/sync/errors";
import type { Clock } from "@/server/sync/ports";
import { calendar, frozenClock, jumpingClock, rowsOf, unwatched } from "./harness";
import { applyRowRules } from "../support/at-once";

function sample(over: Partial<SampleConfig> = {}, clock: Clock = jumpingClock()) {
  return createSampleSource({ symbols: 300, dayMs: 0, failDays: [], shortDays: [], calendar, clock, ...over });
}

describe("the invented market", () => {
  test("5,400 symbols have six-digit codes and names of their own", async () => {
    const rows = await rowsOf(sample({ symbols: 5_400 }), "2024-01-02");
    expect(rows).toHaveLength(5_400);
    expect(new Set(rows.map(({ stock_code }) => stock_code)).size).toBe(5_400);
    expect(new Set(rows.map(({ stock_name }) => stock_name)).size).toBe(5_400);
    expect(rows.filter(({ stock_code }) => !/^(00[0-2]|30[01]|60[0135]|688)\d{3}$/.test(stock_code ?? ""))).toEqual([]);
    expect(rows.filter(({ stock_name }) => !/^\p{Script=Han}{4}$/u.test(stock_name ?? ""))).toEqual([]);
  });

  test("every column is filled and passes the row rules without a warning, also decades apart", async () => {
    for (const day of ["1993-06-01", "2008-10-28", "2024-02-19", "2040-03-01"] as Day[]) {
      const rows = await rowsOf(sample({ symbols: 2_000 }), day);
      expect(rows.flatMap((row) => Object.values(row)).filter((value) => !value)).toEqual([]);
      expect(applyRowRules(rows, day)).toMatchObject({ rejected: 0, warnings: [], rows });
    }
  });

  test("a day is the same whatever was fetched before, from any instance", async () => {
    const busy = sample();
    for (const day of eachDay("2024-01-02", "2024-01-05")) await busy.fetchDay(day, unwatched);
    expect(await rowsOf(busy, "2024-01-03")).toEqual(await rowsOf(sample(), "2024-01-03"));
  });

  test("the previous close is the close of the session before, across a holiday too", async () => {
    const before = await rowsOf(sample(), "2024-02-08");
    const after = await rowsOf(sample(), "2024-02-19");
    for (const [index, row] of after.entries()) {
      const previous = Number(before[index]?.close_price);
      expect(Number(row.close_price) - previous).toBeCloseTo(Number(row.change_amount), 6);
      expect(Number(row.change_pct)).toBeCloseTo((Number(row.change_amount) / previous) * 100, 1);
      expect(Number(row.amplitude)).toBeCloseTo(((Number(row.high_price) - Number(row.low_price)) / previous) * 100, 1);
    }
  });

  test("prices move, and by less than the ten per cent of the exchange", async () => {
    const rows = await rowsOf(sample({ symbols: 5_400 }), "2024-01-03");
    const changes = rows.map(({ change_pct }) => Math.abs(Number(change_pct)));
    expect(Math.max(...changes)).toBeLessThan(10);
    expect(Math.max(...changes)).toBeGreaterThan(1);
  });

  test("a market of 100,000 symbols still has no code twice, one of 100,001 is refused", async () => {
    const rows = await rowsOf(sample({ symbols: 100_000 }), "2024-01-02");
    expect(new Set(rows.map(({ stock_code }) => stock_code)).size).toBe(100_000);
    expect(rows.filter(({ stock_code }) => stock_code?.length !== 6)).toEqual([]);
    expect(() => sample({ symbols: 100_001 })).toThrow(/SAMPLE_SYMBOLS.*100000/);
    expect(() => sample({ symbols: 0 })).toThrow(/SAMPLE_SYMBOLS/);
  });
});

describe("days by configuration", () => {
  test("a failing day is broken and not worth another attempt; its neighbour is fine", async () => {
    const source = sample({ failDays: ["2024-01-03"] });
    const refusal = await source.fetchDay("2024-01-03", unwatched).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(SourceError);
    expect(refusal).toMatchObject({ refusal: "broken", params: { kind: "configured" }, retry: false });
    expect(await rowsOf(source, "2024-01-04")).toHaveLength(300);
  });

  test("a short day delivers that share of its rows, a share of nothing is nothing", async () => {
    const source = sample({
      shortDays: [
        ["2024-01-03", 0.9],
        ["2024-01-04", 0],
      ],
    });
    expect(await rowsOf(source, "2024-01-03")).toEqual((await rowsOf(sample(), "2024-01-03")).slice(0, 270));
    expect(await source.fetchDay("2024-01-04", unwatched)).toEqual({ kind: "nothing" });
  });

  test("closed days have nothing", async () => {
    expect(await sample().fetchDay("2024-01-01", unwatched)).toEqual({ kind: "nothing" });
    expect(await sample().fetchDay("2024-02-04", unwatched)).toEqual({ kind: "nothing" });
  });
});

describe("the time a fetch takes", () => {
  test("fetches that start together take their time one after the other", async () => {
    const clock = jumpingClock();
    const source = sample({ dayMs: 1_000 }, clock);
    const doneAtMs: number[] = [];
    const days: Day[] = ["2024-01-02", "2024-01-03", "2024-01-04"];
    await Promise.all(days.map((day) => source.fetchDay(day, unwatched).then(() => doneAtMs.push(clock.monotonic()))));
    expect(doneAtMs.map(Math.round)).toEqual([1_000, 2_000, 3_000]);
  });

  test("progress grows in twenty steps up to all rows", async () => {
    const seen: [number, number | null][] = [];
    const onProgress = (done: number, of: number | null) => seen.push([done, of]);
    await sample({ dayMs: 1_000 }).fetchDay("2024-01-02", { ...unwatched, onProgress });
    expect(seen).toHaveLength(20);
    expect(seen[0]).toEqual([15, 300]);
    expect(seen.at(-1)).toEqual([300, 300]);
    expect(seen).toEqual([...seen].sort(([a], [b]) => a - b));
  });

  test("an abort ends the running fetch and the waiting ones at once, and the next one has its turn", async () => {
    const source = sample({ dayMs: 60_000 }, frozenClock());
    const abort = new AbortController();
    const other = new AbortController();
    const reason = new Error("cancelled");
    const running = source.fetchDay("2024-01-02", { ...unwatched, signal: abort.signal });
    const waiting = source.fetchDay("2024-01-03", { ...unwatched, signal: abort.signal });
    let steps = 0;
    const next = source.fetchDay("2024-01-04", { signal: other.signal, onProgress: () => steps++ });
    abort.abort(reason);
    await expect(running).rejects.toBe(reason);
    await expect(waiting).rejects.toBe(reason);
    other.abort(reason);
    await expect(next).rejects.toBe(reason);
    expect(steps).toBe(0);
  });

  test("a failed fetch lets the next one pass", async () => {
    const source = sample({ failDays: ["2024-01-02"] });
    const [failed, passed] = await Promise.allSettled([
      source.fetchDay("2024-01-02", unwatched),
      source.fetchDay("2024-01-03", unwatched),
    ]);
    expect([failed.status, passed.status]).toEqual(["rejected", "fulfilled"]);
  });
});
