import { describe, expect, test } from "vitest";
import { eachDay } from "@/lib/contract/day";
import { expectedRows, predictSeconds } from "@/server/sync/pace";
import { makePlan, planRuns } from "@/server/sync/plan";
import { type PreviewFacts, previewOf } from "@/server/sync/preview";
import { aCalendar, aContext, aLedger, aLedgerDay, weekdays } from "../support/builders";

const FACTS: PreviewFacts = {
  context: aContext(),
  inRunningSync: new Set(),
  paces: [],
  sample: false,
  publishHour: 17.5,
  budget: null,
  currentTask: null,
};
const march = { from: "2024-03-01", to: "2024-03-05", force: false } as const;
const codesOf = (preview: ReturnType<typeof previewOf>) => preview.warnings.map((warning) => warning.code);

describe("the preview", () => {
  const ledger = aLedger(aLedgerDay("2024-03-01"), aLedgerDay("2024-03-04", { state: "suspect", rows: 400 }));

  test("is the plan of the run, for the same table, force or not", () => {
    for (const force of [false, true]) {
      const context = aContext({ ledger });
      const preview = previewOf({ ...march, force }, { ...FACTS, context });
      const plan = makePlan({ days: eachDay(march.from, march.to), force }, context);
      expect(preview.days).toEqual(planRuns(plan));
      expect(preview.fetch_days).toBe(plan.filter((item) => item.action === "fetch").length);
    }
  });
  test("tells rows held, rows replaced and rows expected", () => {
    const facts = { ...FACTS, context: aContext({ ledger }) };
    expect(previewOf(march, facts)).toMatchObject({ rows_held: 1_400, rows_replaced: 400, rows_expected: 2_000 });
    expect(previewOf({ ...march, force: true }, facts)).toMatchObject({
      rows_held: 1_400,
      rows_replaced: 1_400,
      rows_expected: 3_000,
    });
  });
  test("sample rows are neither held nor replaced under a real source", () => {
    const context = aContext({ ledger: aLedger(aLedgerDay("2024-03-01", { source: "sample" })) });
    expect(previewOf(march, { ...FACTS, context })).toMatchObject({
      rows_held: 0,
      rows_replaced: 0,
      rows_expected: null,
      warnings: [],
    });
  });
  test("leaves days to the running sync", () => {
    const preview = previewOf(march, { ...FACTS, inRunningSync: new Set(["2024-03-04"]) });
    expect(preview.counts).toMatchObject({ in_running_sync: 1, missing: 2, weekend: 2 });
  });
});

describe("warnings of the preview", () => {
  test("a quiet plan has none", () => expect(previewOf(march, FACTS).warnings).toEqual([]));
  test("rows that will be replaced are named", () => {
    const context = aContext({ ledger: aLedger(aLedgerDay("2024-03-04", { state: "suspect", rows: 400 })) });
    expect(previewOf(march, { ...FACTS, context }).warnings).toEqual([{ code: "overwrite", params: { rows: 400 } }]);
  });
  test("days beyond the known calendar are assumed to be open", () => {
    const context = aContext({ calendar: { ...aCalendar(), knownUntil: "2024-03-04" } });
    expect(previewOf(march, { ...FACTS, context }).warnings).toEqual([
      { code: "calendar_assumed", params: { known_until: "2024-03-04" } },
    ]);
    expect(previewOf({ ...march, to: "2024-03-04" }, { ...FACTS, context }).warnings).toEqual([]);
  });
  test("today before the publish hour is warned of, with the hour on the clock", () => {
    const context = aContext({ todayNotDue: true });
    expect(previewOf(march, { ...FACTS, context }).warnings).toEqual([
      { code: "today_not_published", params: { hour: "17:30" } },
    ]);
    expect(previewOf(march, { ...FACTS, context, publishHour: 8.999 }).warnings[0]?.params).toEqual({ hour: "09:00" });
  });
  test("today is not warned of when it will not be fetched", () => {
    const closed = aContext({ todayNotDue: true, calendar: aCalendar(["2024-03-05"]) });
    expect(previewOf(march, { ...FACTS, context: closed }).warnings).toEqual([]);
    const held = aContext({ todayNotDue: true, ledger: aLedger(aLedgerDay("2024-03-05")) });
    expect(previewOf(march, { ...FACTS, context: held }).warnings).toEqual([]);
    expect(previewOf({ ...march, to: "2024-03-04" }, { ...FACTS, context: aContext({ todayNotDue: true }) }).warnings).toEqual(
      [],
    );
  });
  test("the sample market says that it is one", () =>
    expect(codesOf(previewOf(march, { ...FACTS, sample: true }))).toEqual(["sample_source"]));
});

describe("the expected duration", () => {
  test("is not told before the first finished task", () => expect(predictSeconds(10, [])).toBeNull());
  test("is nothing where nothing is fetched", () => expect(predictSeconds(0, [])).toEqual([0, 0]));
  test("goes from the fastest to the slowest of the last tasks, stretched", () =>
    expect(predictSeconds(100, [2, 1, 3])).toEqual([85, 360]));
  test("is at least a second", () => expect(predictSeconds(1, [0.001])).toEqual([0, 1]));
});

describe("the allowance of the source", () => {
  const warned = (left: number | null, callsPerDay: number, resetsAtMs: number | null = null) =>
    previewOf(march, { ...FACTS, budget: { left, resetsAtMs, callsPerDay } }).warnings;

  test("that does not suffice for the days to fetch is told before the start, with when there is more", () => {
    expect(warned(5, 2, Date.UTC(2024, 2, 5, 16))).toEqual([
      { code: "source_budget", params: { needed: 6, left: 5, at: "2024-03-06 00:00" } },
    ]);
    expect(warned(0, 0.5)).toEqual([{ code: "source_budget", params: { needed: 2, left: 0, at: "none" } }]);
  });
  test("that suffices, or that nobody knows, is no word worth", () => {
    expect([...warned(6, 2), ...warned(null, 2)]).toEqual([]);
    expect(codesOf(previewOf(march, FACTS))).not.toContain("source_budget");
  });
});

describe("the expected rows", () => {
  test("are the median of the newest twenty loaded days for each fetched day", () => {
    const old = weekdays("2023-01-02", "2023-03-31", 50);
    const recent = weekdays("2024-01-01", "2024-01-26", 1_000);
    expect(expectedRows(3, aLedger(...old, ...recent), "files")).toBe(3_000);
  });
  test("are unknown while nothing is loaded", () => {
    expect(expectedRows(3, aLedger(aLedgerDay("2024-03-01", { state: "failed", rows: 0 })), "files")).toBeNull();
  });
});
