import { describe, expect, test } from "vitest";
import type { Day } from "@/lib/contract/day";
import { coverageRuns, gapDays } from "@/server/sync/asked/coverage";
import { withLearntClosures } from "@/server/sync/plan/learnt-closures";
import { countPlan, makePlan } from "@/server/sync/plan/plan";
import type { Fetched } from "@/server/sync/source-ports";
import { aCalendar, aContext, aLedger, aLedgerDay, aStart } from "../../support/builders";
import { createFakeSource, rowsAnswer } from "../../support/fakes";
import { aHouse } from "../manager-bench";

const MONDAY: Day = "2024-03-04";
const TUESDAY: Day = "2024-03-05";
const SATURDAY: Day = "2024-03-02";
const nothingOpen = { running: null, queued: new Set<Day>() };

describe("a day that the source called closed", () => {
  const calendar = withLearntClosures(aCalendar(), new Set<Day>([MONDAY, SATURDAY]));

  test("is a holiday for the wall, the gaps and the plan, and counts as no trading day", () => {
    const context = aContext({ calendar });
    expect(coverageRuns(MONDAY, TUESDAY, context, nothingOpen)).toMatchObject([
      { from: MONDAY, state: "no_trading", reason: "holiday" },
      { from: TUESDAY, state: "missing" },
    ]);
    expect(gapDays(MONDAY, TUESDAY, context)).toEqual([TUESDAY]);
    const plan = makePlan({ days: [MONDAY, TUESDAY], force: false }, context);
    expect(plan.map(({ action, reason }) => `${action} ${reason}`)).toEqual(["skip holiday", "fetch missing"]);
    expect(countPlan(plan)).toMatchObject({ holiday: 1, trading: 1 });
  });

  test("that the operator has as open is open: no holiday anywhere, and asked for without force", () => {
    const set = withLearntClosures({ ...aCalendar(), isSet: (day: Day) => day === MONDAY }, new Set<Day>([MONDAY, TUESDAY]));
    const context = aContext({ calendar: set });
    expect(gapDays(MONDAY, TUESDAY, context)).toEqual([MONDAY]);
    const plan = makePlan({ days: [MONDAY, TUESDAY], force: false }, context);
    expect(plan.map(({ action, reason }) => `${action} ${reason}`)).toEqual(["fetch missing", "skip holiday"]);
  });

  test("is asked for again by force; a closure of the calendar is not", () => {
    const plan = makePlan({ days: [SATURDAY, MONDAY], force: true }, aContext({ calendar }));
    expect(plan.map(({ action, reason }) => `${action} ${reason}`)).toEqual(["skip weekend", "fetch forced"]);
  });

  test("whose rows are in the table all the same shows them", () => {
    const context = aContext({ calendar, ledger: aLedger(aLedgerDay(MONDAY)) });
    expect(coverageRuns(MONDAY, MONDAY, context, nothingOpen)).toMatchObject([{ state: "complete", rows_min: 1_000 }]);
  });

  test("is not asked for by the next task, is by one that insists, and is forgotten once it has rows", async () => {
    let answer: Fetched = { kind: "closed" };
    const source = createFakeSource((day) => (answer.kind === "closed" ? answer : rowsAnswer(day)));
    const house = aHouse();
    const { manager } = house.anInstance("one", { source });
    const range = { start_date: MONDAY, end_date: MONDAY };
    const sync = async (force: boolean) => {
      const started = await manager.start(aStart({ ...range, force }));
      if (started.kind !== "started") throw new Error(started.kind);
      await house.untilTaskIs("completed", started.task.task_id);
      return house.database.outcomes(started.task.task_id);
    };
    expect(await sync(false)).toEqual([`${MONDAY} skipped holiday`]);
    expect(await sync(false)).toEqual([`${MONDAY} skipped holiday`]);
    expect(source.asked).toHaveLength(1);
    expect(await sync(true)).toEqual([`${MONDAY} skipped holiday`]);
    expect(source.asked).toHaveLength(2);
    answer = rowsAnswer(MONDAY);
    expect(await sync(true)).toEqual([`${MONDAY} success -`]);
    expect([...(house.database.closedDays.get("files") ?? [])]).toEqual([]);
    await manager.stop();
  });

  test("that had failed before is no failure any more", async () => {
    const source = createFakeSource((_day, _options, attempt) => ({ kind: attempt === 1 ? "nothing" : "closed" }));
    const house = aHouse();
    const { manager } = house.anInstance("one", { source });
    for (const outcome of ["failed source_empty", "skipped holiday", "skipped holiday"]) {
      const started = await manager.start(aStart({ start_date: MONDAY, end_date: MONDAY }));
      if (started.kind !== "started") throw new Error(started.kind);
      await house.untilTaskIs("completed", started.task.task_id);
      expect(house.database.outcomes(started.task.task_id)).toEqual([`${MONDAY} ${outcome}`]);
    }
    expect(source.asked).toHaveLength(2);
    await manager.stop();
  });
});
