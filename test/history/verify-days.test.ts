import { expect, test } from "vitest";
import { applyRequest, changedDays } from "@/components/history/verify-days";
import { lookOfTaskDay } from "@/components/day/look";
import type { Day } from "@/lib/contract/day";
import { anOutcome } from "../support/builders";

const diff = (changed: number) => ({ added: 0, changed, vanished: 0, held: 100, examples: [] });
const same = (date: Day) => anOutcome(date, { diff: diff(0) });
const other = (date: Day) => anOutcome(date, { reason: "changed", diff: diff(3) });
const DAYS = [same("2024-03-04"), other("2024-03-05"), anOutcome("2024-03-06"), other("2024-03-07"), other("2024-03-08")];

test("only compared days that differ are listed", () => {
  expect(changedDays(DAYS).map((day) => day.date)).toEqual(["2024-03-05", "2024-03-07", "2024-03-08"]);
});

test("applying all of them needs no list, applying some names them, and none asks for nothing", () => {
  const changed = changedDays(DAYS);
  const all = { retryOf: "t", only: "changed", start_date: "2024-03-05", end_date: "2024-03-08" };
  expect(applyRequest("t", changed, new Set())).toEqual(all);
  expect(applyRequest("t", changed, new Set<Day>(["2024-03-08"]))).toEqual({
    ...all,
    end_date: "2024-03-07",
    days: ["2024-03-05", "2024-03-07"],
  });
  expect(applyRequest("t", changed, new Set(changed.map((day) => day.date)))).toBeNull();
});

test("a stored day that the source tells otherwise is drawn as doubtful, one that is the same as complete", () => {
  expect(DAYS.slice(0, 2).map((day) => lookOfTaskDay(day, true))).toEqual(["complete", "suspect"]);
});
