import { describe, expect, test } from "vitest";
import type { Day } from "@/lib/contract/day";
import type { WaitingTask, WorkUnderWay } from "@/server/sync/asked/reads";
import { daysUnderWay } from "@/server/sync/asked/waiting-days";
import type { CoverageContext } from "@/server/sync/plan/ledger";
import { aCalendar, aLedger, aLedgerDay } from "../../support/builders";

/** Friday to Tuesday: Friday is complete, Monday suspect, Tuesday missing. */
const [FRIDAY, MONDAY, TUESDAY]: Day[] = ["2024-03-01", "2024-03-04", "2024-03-05"];
const context: CoverageContext = {
  ledger: aLedger(aLedgerDay("2024-03-01"), aLedgerDay("2024-03-04", { state: "suspect" })),
  calendar: aCalendar(),
  source: aLedgerDay("2024-03-01").source,
  today: "2024-03-05",
  todayNotDue: true,
};

const range = (from: Day, to: Day, over: Partial<WaitingTask> = {}): WaitingTask => ({
  from,
  to,
  days: null,
  force: false,
  ...over,
});
const NOTHING: WorkUnderWay = { running: null, queued: new Set(), waiting: { planned: [], tasks: [] } };
const queued = (tasks: WaitingTask[], over: Partial<WorkUnderWay> = {}) => {
  const work: WorkUnderWay = { ...NOTHING, waiting: { planned: [], tasks }, ...over };
  return [...daysUnderWay("2024-02-26", "2024-03-08", work, context).queued].toSorted();
};

describe("days that wait in the queue", () => {
  test("are those that the task is going to fetch: no closed ones, no complete ones", () => {
    expect(queued([range("2024-03-01", "2024-03-05")])).toEqual([MONDAY, TUESDAY]);
  });
  test("are the complete ones too where it fetches them again", () => {
    expect(queued([range("2024-03-01", "2024-03-05", { force: true })])).toEqual([FRIDAY, MONDAY, TUESDAY]);
  });
  test("are those that only the source calls closed where it is asked all the same", () => {
    const learnt = {
      ...context,
      calendar: {
        ...context.calendar,
        closedReason: (day: Day) => (day === TUESDAY ? ("holiday" as const) : null),
        isLearnt: () => true,
      },
    };
    const work = (force: boolean): WorkUnderWay => ({
      ...NOTHING,
      waiting: { planned: [], tasks: [range("2024-03-05", "2024-03-05", { force })] },
    });
    const days = (force: boolean) => [...daysUnderWay("2024-03-05", "2024-03-05", work(force), learnt).queued];
    expect([days(false), days(true)]).toEqual([[], [TUESDAY]]);
  });
  test("are the chosen ones only, where days were chosen", () => {
    expect(queued([range("2024-03-01", "2024-03-05", { days: ["2024-03-05"] })])).toEqual([TUESDAY]);
  });
  test("of tasks that overlap are each there once, beside what runs and what a resumed task has left", () => {
    const tasks = [range("2024-03-04", "2024-03-05"), range("2024-02-20", "2024-03-04"), range("2024-02-28", "2024-02-29")];
    const waiting = { planned: ["2024-03-07"] as Day[], tasks };
    expect(queued([], { running: "2024-03-06", queued: new Set(["2024-03-06" as Day]), waiting })).toEqual([
      "2024-02-26",
      "2024-02-27",
      "2024-02-28",
      "2024-02-29",
      MONDAY,
      TUESDAY,
      "2024-03-06",
      "2024-03-07",
    ]);
  });
  test("are reckoned within the window only, however much waits", () => {
    const tasks = Array.from({ length: 200 }, () => range("1990-01-01", "2025-07-01"));
    expect(queued(tasks)).toHaveLength(9);
  });
});
