import { describe, expect, test } from "vitest";
import { isGap } from "@/lib/contract/coverage";
import { coverageRuns, gapDays } from "@/server/sync/asked/coverage";
import { dayView } from "@/server/sync/plan/ledger";
import { aCalendar, aContext, aLedger, aLedgerDay } from "../../support/builders";

const ledger = aLedger(
  aLedgerDay("2024-02-26", { rows: 900 }),
  aLedgerDay("2024-02-27", { rows: 1_100 }),
  aLedgerDay("2024-02-28", { state: "suspect", rows: 700 }),
  aLedgerDay("2024-02-29", { state: "failed", rows: 0 }),
  aLedgerDay("2024-03-01", { source: "sample" }),
);
const context = aContext({ ledger, todayNotDue: true });
const nothingOpen = { running: null, queued: new Set<never>() };

describe("what the table holds for a day", () => {
  test.each([
    ["2024-02-26", { state: "complete", reason: null, rows: 900 }],
    ["2024-02-28", { state: "suspect", reason: null, rows: 700 }],
    ["2024-02-29", { state: "failed", reason: null, rows: null }],
    ["2024-03-01", { state: "missing", reason: "sample", rows: null }],
    ["2024-03-02", { state: "no_trading", reason: "weekend", rows: null }],
    ["2024-03-04", { state: "missing", reason: null, rows: null }],
    ["2024-03-05", { state: "missing", reason: "not_published", rows: null }],
    ["2024-03-06", { state: "missing", reason: "not_published", rows: null }],
  ] as const)("%s", (day, expected) => expect(dayView(day, context)).toEqual(expected));

  test("today is simply missing once the publish hour has come", () => {
    expect(dayView("2024-03-05", aContext())).toMatchObject({ state: "missing", reason: null });
  });

  test("rows on a closed day count as stored, and few of them are no gap that no sync could fill", () => {
    const held = aLedger(
      aLedgerDay("2024-03-02", { state: "suspect", rows: 3 }),
      aLedgerDay("2024-03-03", { state: "failed", rows: 0 }),
    );
    const view = dayView("2024-03-02", aContext({ ledger: held }));
    expect(view).toEqual({ state: "complete", reason: null, rows: 3 });
    expect(isGap(view)).toBe(false);
    expect(dayView("2024-03-03", aContext({ ledger: held }))).toMatchObject({ state: "no_trading" });
  });
});

describe("coverage", () => {
  test("neighbouring days in the same state are one run with its fewest and most rows", () => {
    expect(coverageRuns("2024-02-26", "2024-03-05", context, nothingOpen)).toEqual([
      { from: "2024-02-26", to: "2024-02-27", state: "complete", reason: null, rows_min: 900, rows_max: 1_100 },
      { from: "2024-02-28", to: "2024-02-28", state: "suspect", reason: null, rows_min: 700, rows_max: 700 },
      { from: "2024-02-29", to: "2024-02-29", state: "failed", reason: null, rows_min: null, rows_max: null },
      { from: "2024-03-01", to: "2024-03-01", state: "missing", reason: "sample", rows_min: null, rows_max: null },
      { from: "2024-03-02", to: "2024-03-03", state: "no_trading", reason: "weekend", rows_min: null, rows_max: null },
      { from: "2024-03-04", to: "2024-03-04", state: "missing", reason: null, rows_min: null, rows_max: null },
      { from: "2024-03-05", to: "2024-03-05", state: "missing", reason: "not_published", rows_min: null, rows_max: null },
    ]);
  });

  test("days of the running task are running or queued, whatever the table holds", () => {
    const open = { running: "2024-02-27", queued: new Set(["2024-02-27", "2024-02-28"] as const) } as const;
    const states = coverageRuns("2024-02-26", "2024-02-28", context, open).map((run) => run.state);
    expect(states).toEqual(["complete", "running", "queued"]);
  });

  test("a holiday ends a run of weekend days", () => {
    const closed = aContext({ calendar: aCalendar(["2024-03-04"]) });
    expect(coverageRuns("2024-03-02", "2024-03-04", closed, nothingOpen).map((run) => run.reason)).toEqual([
      "weekend",
      "holiday",
    ]);
  });

  test("gaps are the missing, failed and suspect days that are due", () => {
    expect(gapDays("2024-02-26", "2024-03-06", context)).toEqual(["2024-02-28", "2024-02-29", "2024-03-01", "2024-03-04"]);
  });
});
