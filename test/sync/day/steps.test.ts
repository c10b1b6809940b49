import fc from "fast-check";
import { expect, test } from "vitest";
import { addDays } from "@/lib/contract/day";
import { stepsOf } from "@/server/sync/day/steps";
import { aFetch, anOutcome, aSkip } from "../../support/builders";

const week = [
  aFetch("2024-03-01"),
  aSkip("2024-03-02"),
  aSkip("2024-03-03"),
  aFetch("2024-03-04"),
  aSkip("2024-03-05", "already_synced"),
];

test("skipped days travel with the next fetched day", () => {
  expect(stepsOf(week, "asc")).toEqual([
    { date: "2024-03-01", skipsBefore: [] },
    { date: "2024-03-04", skipsBefore: ["2024-03-02", "2024-03-03"] },
  ]);
});

test("newest first, the skips come before the older day", () => {
  expect(stepsOf(week, "desc")).toEqual([
    { date: "2024-03-04", skipsBefore: ["2024-03-05"] },
    { date: "2024-03-01", skipsBefore: ["2024-03-03", "2024-03-02"] },
  ]);
});

test("days with an outcome are not done again", () => {
  const resumed = [aFetch("2024-03-01", anOutcome("2024-03-01")), aSkip("2024-03-02"), aFetch("2024-03-04")];
  expect(stepsOf(resumed, "asc")).toEqual([{ date: "2024-03-04", skipsBefore: ["2024-03-02"] }]);
});

test("a failed day has its outcome too: a resumed task goes on after it", () => {
  const failed = anOutcome("2024-03-01", { status: "failed", reason: "source_empty" });
  expect(stepsOf([aFetch("2024-03-01", failed), aFetch("2024-03-04")], "asc").map((step) => step.date)).toEqual(["2024-03-04"]);
});

test("a plan of skips has no steps", () => expect(stepsOf([aSkip("2024-03-02"), aSkip("2024-03-03")], "asc")).toEqual([]));

test("no open day is lost or doubled: steps, their skips and the skips after the last one are all of them", () => {
  const anyDay = fc.record({ fetch: fc.boolean(), done: fc.boolean() });
  fc.assert(
    fc.property(fc.array(anyDay, { maxLength: 40 }), fc.constantFrom("asc", "desc"), (days, order) => {
      const plan = days.map(({ fetch, done }, index) => {
        const date = addDays("2024-01-01", index);
        const outcome = done ? anOutcome(date) : null;
        return fetch ? aFetch(date, outcome) : aSkip(date, "weekend", outcome);
      });
      const open = plan.filter((day) => !day.outcome).map((day) => day.date);
      const ordered = order === "asc" ? open : open.reverse();
      const steps = stepsOf(plan, order);
      const told = steps.flatMap((step) => [...step.skipsBefore, step.date]);
      expect(told).toEqual(ordered.slice(0, told.length));
      const rest = new Set(ordered.slice(told.length));
      expect(plan.filter((day) => rest.has(day.date)).every((day) => day.action === "skip")).toBe(true);
    }),
  );
});
