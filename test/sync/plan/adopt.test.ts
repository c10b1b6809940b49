import { describe, expect, test } from "vitest";
import type { Day } from "@/lib/contract/day";
import { judgeAdopted } from "@/server/sync/plan/adopt";
import { makePlan } from "@/server/sync/plan/plan";
import { dayView } from "@/server/sync/plan/ledger";
import { aCalendar, aContext, aLedger, aLedgerDay, weekdays } from "../../support/builders";

const ADOPTED = { code: "adopted", params: {} };
const calendar = aCalendar();
const found = (from: Day, to: Day, rows: number, over: Record<string, number> = {}) =>
  weekdays(from, to).map(({ date }) => ({ date, rows: over[date] ?? rows }));
const stateOf = (days: ReturnType<typeof judgeAdopted>, date: Day) => days.find((day) => day.date === date);

describe("a day found in the table", () => {
  test("is complete, with the standing warning", () => {
    const days = judgeAdopted(found("2024-02-26", "2024-03-01", 1_000), new Map(), calendar);
    expect(days).toHaveLength(5);
    for (const day of days) expect(day).toMatchObject({ rows: 1_000, state: "complete", warnings: [ADOPTED] });
  });
  test("is suspect where its rows lie more than 3 % below the median of its neighbours, and complete at 3 %", () => {
    const days = judgeAdopted(
      found("2024-02-19", "2024-03-01", 1_000, { "2024-02-22": 969, "2024-02-28": 970 }),
      new Map(),
      calendar,
    );
    expect(stateOf(days, "2024-02-22")).toMatchObject({
      state: "suspect",
      warnings: [ADOPTED, { code: "few_rows", params: { rows: 969, expected: 1_000, percent: 3.1 } }],
    });
    expect(stateOf(days, "2024-02-28")).toMatchObject({ state: "complete" });
  });
  test("is not doubted with a single neighbour, and is with two", () => {
    const one = found("2024-02-26", "2024-02-27", 1_000, { "2024-02-26": 1 });
    expect(judgeAdopted(one, new Map(), calendar)[0]).toMatchObject({ state: "complete" });
    const two = found("2024-02-26", "2024-02-28", 1_000, { "2024-02-26": 1 });
    expect(judgeAdopted(two, new Map(), calendar)[0]).toMatchObject({ state: "suspect" });
  });
  test("is judged by the days that the ledger knows too, sample days aside", () => {
    const lone = [{ date: "2024-03-04", rows: 500 } as const];
    expect(judgeAdopted(lone, aLedger(...weekdays("2024-02-26", "2024-03-01")), calendar)[0]).toMatchObject({ state: "suspect" });
    const sample = weekdays("2024-02-26", "2024-03-01").map((day) => ({ ...day, source: "sample" }));
    expect(judgeAdopted(lone, aLedger(...sample), calendar)[0]).toMatchObject({ state: "complete" });
  });
  test("on which the exchange was closed is never doubted, and says so", () => {
    const days = judgeAdopted(
      [...found("2024-02-26", "2024-03-01", 1_000), { date: "2024-03-02", rows: 3 }],
      new Map(),
      calendar,
    );
    expect(days.at(-1)).toEqual({
      date: "2024-03-02",
      rows: 3,
      state: "complete",
      warnings: [ADOPTED, { code: "closed_day", params: {} }],
    });
  });
});

describe("an adopted day", () => {
  const ledger = aLedger(
    aLedgerDay("2024-02-26", { source: "adopted" }),
    aLedgerDay("2024-02-27", { source: "adopted", state: "suspect" }),
  );
  test.each(["files", "tushare", "sample"])(
    "counts as complete under the source %s, and its coverage says where it came from",
    (source) => {
      const context = aContext({ ledger, source });
      expect(dayView("2024-02-26", context)).toEqual({ state: "complete", reason: "adopted", rows: 1_000 });
      expect(dayView("2024-02-27", context)).toEqual({ state: "suspect", reason: "adopted", rows: 1_000 });
    },
  );
  test("is skipped by a plan unless it is forced or suspect", () => {
    const context = aContext({ ledger });
    const reasons = (force: boolean) =>
      makePlan({ days: ["2024-02-26", "2024-02-27"], force }, context).map(({ reason }) => reason);
    expect(reasons(false)).toEqual(["already_synced", "suspect"]);
    expect(reasons(true)).toEqual(["forced", "suspect"]);
  });
});
