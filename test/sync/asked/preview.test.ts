import { describe, expect, test } from "vitest";
import { type Day, eachDay } from "@/lib/contract/day";
import { expectedRows, predictSeconds } from "@/server/sync/plan/pace";
import { makePlan, planRuns } from "@/server/sync/plan/plan";
import { type PreviewFacts, previewOf } from "@/server/sync/asked/preview";
import { say } from "@/server/http/language";
import { NOON_MS } from "../../support/clock";
import { aCalendar, aContext, aLedger, aLedgerDay, weekdays } from "../../support/builders";

const FACTS: PreviewFacts = {
  context: aContext(),
  inRunningSync: new Set(),
  runs: [],
  cheapByRange: false,
  sample: false,
  publishHour: 17.5,
  budget: null,
  closedSource: null,
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
  test("a source that is left alone is told with reason and time, instead of its empty allowance; not where nothing is fetched", () => {
    const closedSource = { reason: "banned", detail: "blacklisted", resumeMs: NOON_MS + 3_600_000 } as const;
    const facts = { ...FACTS, closedSource, budget: { left: 0, resetsAtMs: null, callsPerDay: 1 } };
    const warning = { code: "source_closed", params: { reason: "banned", at: "2024-03-05 13:00" } } as const;
    expect(previewOf(march, facts).warnings).toEqual([warning]);
    expect(previewOf({ ...march, from: "2024-03-02", to: "2024-03-03" }, facts).warnings).toEqual([]);
    expect(say("en", "planWarning.source_closed", warning.params)).toBe(
      "The source has blocked this address, so it is not called before 2024-03-05 13:00: the sync pauses at once and goes on by itself then, or when somebody resumes it",
    );
    expect(say("zh-CN", "planWarning.source_closed", warning.params)).toMatch(
      /^数据源封禁了本机地址，2024-03-05 13:00 之前不再调用/,
    );
  });
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
  const work = (fetchDays: number, walks: number | null = null, rows: number | null = null) => ({ fetchDays, walks, rows });
  const run = (seconds: number, days = 1, rowsPerDay = 5_400) => ({ seconds, days, rowsPerDay });
  test("is not told before the first finished task", () => {
    expect(predictSeconds(work(10), [])).toBeNull();
    expect(predictSeconds(work(10, 1), [])).toBeNull();
  });
  test("is nothing where nothing is fetched", () => expect(predictSeconds(work(0, 0), [])).toEqual([0, 0]));
  test("goes from the fastest to the slowest of the last tasks, stretched", () =>
    expect(predictSeconds(work(100), [run(2), run(10, 10), run(3)])).toEqual([85, 360]));
  test("is at least a second", () => expect(predictSeconds(work(1), [run(0.001)])).toEqual([0, 1]));
  test("of a walk is that of a walk, for sixty days as for one, and the storing behind it", () => {
    // 1,020 s for one day; by the day it would have been seventeen hours for sixty.
    expect(predictSeconds(work(1, 1), [run(1_020)])).toEqual([864, 1_228]);
    expect(predictSeconds(work(60, 1), [run(1_020)])).toEqual([864, 1_440]);
    expect(predictSeconds(work(500, 2), [run(1_020)])).toEqual([1_728, 4_248]);
  });
  test("of one day after a year in one walk is no minute, but may be the whole walk", () =>
    expect(predictSeconds(work(1, 1), [run(1_200, 250)])).toEqual([510, 1_444]));
  test("of walks over fewer symbols is shorter", () =>
    expect(predictSeconds(work(10, 1, 10 * 2_700), [run(1_020)])).toEqual([432, 648]));
  test("of walks is told by the preview by the chunks that the run will make", () => {
    const facts = { ...FACTS, cheapByRange: true, runs: [run(1_000)], context: aContext({ today: "2024-03-05" }) };
    const seconds = (from: Day, more = {}) => previewOf({ ...march, from }, { ...facts, ...more }).seconds?.[0];
    expect(seconds("2024-03-01")).toBe(847);
    expect(seconds("2022-03-01")).toBe(2_542);
    // A day that is not due takes a walk of its own.
    expect(seconds("2024-03-01", { context: aContext({ today: "2024-03-05", todayNotDue: true }) })).toBe(1_694);
    expect(seconds("2024-03-01", { cheapByRange: false })).toBe(3 * 850);
  });
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
