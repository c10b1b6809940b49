import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addDays, type Day, eachDay } from "@/lib/contract/day";
import type { LedgerDay } from "@/server/sync/plan/ledger";
import { countPlan, makePlan, planRuns } from "@/server/sync/plan/plan";
import { aCalendar, aContext, aLedger, aLedgerDay } from "../../support/builders";

const MONDAY: Day = "2024-03-04";

function planned(
  day: Day,
  held: Partial<LedgerDay> | null,
  request: { force?: boolean; running?: Day[]; holidays?: Day[]; source?: string } = {},
) {
  const ledger = held ? aLedger(aLedgerDay(day, held)) : aLedger();
  const context = aContext({ ledger, calendar: aCalendar(request.holidays ?? []), source: request.source ?? "files" });
  const [item] = makePlan({ days: [day], force: request.force ?? false, inRunningSync: new Set(request.running ?? []) }, context);
  return `${item!.action} ${item!.reason}`;
}

describe("what is planned for a day", () => {
  test("a day the table knows nothing of is fetched", () => expect(planned(MONDAY, null)).toBe("fetch missing"));
  test("a failed day is fetched again", () => expect(planned(MONDAY, { state: "failed", rows: 0 })).toBe("fetch failed"));
  test("a suspect day is fetched again", () => expect(planned(MONDAY, { state: "suspect" })).toBe("fetch suspect"));
  test("a complete day is skipped", () => expect(planned(MONDAY, {})).toBe("skip already_synced"));
  test("a complete day is fetched when force was asked", () => expect(planned(MONDAY, {}, { force: true })).toBe("fetch forced"));
  test("force does not hide why a suspect day is fetched", () =>
    expect(planned(MONDAY, { state: "suspect" }, { force: true })).toBe("fetch suspect"));
  test("a weekend is skipped", () => expect(planned("2024-03-02", null)).toBe("skip weekend"));
  test("a holiday is skipped", () => expect(planned(MONDAY, null, { holidays: [MONDAY] })).toBe("skip holiday"));
  test("force asks no source for a closed day that holds rows", () => {
    expect(planned("2024-03-02", {}, { force: true })).toBe("skip weekend");
    expect(planned(MONDAY, { state: "suspect" }, { holidays: [MONDAY] })).toBe("skip holiday");
  });
  test("sample rows are missing under a real source", () => expect(planned(MONDAY, { source: "sample" })).toBe("fetch missing"));
  test("sample rows are complete under the sample market", () =>
    expect(planned(MONDAY, { source: "sample" }, { source: "sample" })).toBe("skip already_synced"));
  test("adopted rows are complete under every source", () =>
    expect(planned(MONDAY, { source: "adopted" })).toBe("skip already_synced"));
  test("a day the running sync brings anyway is left to it", () => {
    expect(planned(MONDAY, null, { running: [MONDAY] })).toBe("skip in_running_sync");
    expect(planned("2024-03-02", null, { running: ["2024-03-02"] })).toBe("skip weekend");
  });
  test("today is asked for even before the publish hour", () => {
    const context = aContext({ todayNotDue: true });
    expect(makePlan({ days: ["2024-03-05"], force: false }, context)).toEqual([
      { date: "2024-03-05", action: "fetch", reason: "missing" },
    ]);
  });
});

const anyHeld = fc.record({
  state: fc.constantFrom("complete", "suspect", "failed"),
  source: fc.constantFrom("files", "sample", "adopted"),
} as const);

test("whatever the table holds, a plan has each day of the range once, in order, and its runs and counts agree with it", () => {
  const anyRange = fc.tuple(fc.integer({ min: 0, max: 700 }), fc.integer({ min: 0, max: 60 }));
  fc.assert(
    fc.property(anyRange, fc.array(fc.option(anyHeld), { maxLength: 61 }), fc.boolean(), ([offset, length], held, force) => {
      const from = addDays("2023-01-01", offset);
      const to = addDays(from, length);
      const days = eachDay(from, to);
      const ledger = aLedger(...days.flatMap((day, index) => (held[index] ? [aLedgerDay(day, held[index])] : [])));
      const plan = makePlan({ days, force }, aContext({ ledger, calendar: aCalendar(["2023-10-02", "2023-10-03"]) }));
      expect(plan.map((item) => item.date)).toEqual(days);

      const runs = planRuns(plan);
      expect(
        runs.flatMap((run) => eachDay(run.from, run.to).map((date) => ({ date, action: run.action, reason: run.reason }))),
      ).toEqual(plan);
      expect(runs.every((run, index) => index === 0 || run.reason !== runs[index - 1]!.reason)).toBe(true);

      const { calendar, trading, ...reasons } = countPlan(plan);
      expect(Object.values(reasons).reduce((sum, count) => sum + count, 0)).toBe(calendar);
      expect(trading).toBe(calendar - reasons.weekend - reasons.holiday);
    }),
  );
});

test("days chosen one by one are planned without the days between them", () => {
  const plan = makePlan({ days: ["2024-02-26", "2024-02-28"], force: false }, aContext());
  expect(plan.map((item) => item.date)).toEqual(["2024-02-26", "2024-02-28"]);
  expect(countPlan(plan)).toMatchObject({ calendar: 2, trading: 2, missing: 2 });
});
