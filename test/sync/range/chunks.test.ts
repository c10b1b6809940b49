import { describe, expect, test } from "vitest";
import { addDays, type Day, eachDay, isWeekend } from "@/lib/contract/day";
import { createChunks } from "@/server/sync/range/chunks";
import { aFetch, aSkip, anOutcome } from "../../support/builders";

const sessions = (from: Day, to: Day) => eachDay(from, to).filter((day) => !isWeekend(day));
const allDue = () => false;

describe("chunks of days that are collected in one walk", () => {
  test("hold at most 250 sessions and span at most a year", () => {
    const days = sessions("2020-01-01", "2023-12-31");
    const chunks = createChunks(
      days.map((day) => aFetch(day)),
      [],
      allDue,
    );
    const cut: Day[][] = [];
    for (const day of days) {
      const chunk = chunks.of(day);
      if (cut.at(-1) !== chunk.days) cut.push(chunk.days);
    }
    expect(cut.flat()).toEqual(days);
    expect(cut.length).toBeLessThanOrEqual(5);
    for (const chunk of cut) {
      expect(chunk.length).toBeLessThanOrEqual(250);
      expect(chunk.at(-1)! < addDays(chunk[0]!, 367)).toBe(true);
    }
  });

  test("are cut from the end where the plan runs backwards", () => {
    const days = sessions("2022-01-03", "2023-12-29").toReversed();
    const chunks = createChunks(
      days.map((day) => aFetch(day)),
      [],
      allDue,
    );
    const first = chunks.of(days[0]!);
    expect(first.days).toHaveLength(250);
    expect(first.days.at(-1)).toBe("2023-12-29");
    expect(chunks.of(days[250]!)).toMatchObject({ chunk: 2 });
  });

  test("leave out what is skipped, and what has its outcome", () => {
    const plan = [aFetch("2024-03-04", anOutcome("2024-03-04")), aFetch("2024-03-05"), aSkip("2024-03-06"), aFetch("2024-03-07")];
    expect(createChunks(plan, [], allDue).of("2024-03-05").days).toEqual(["2024-03-05", "2024-03-07"]);
  });

  test("keep the borders of an earlier run, and number new ones behind them", () => {
    const days = sessions("2024-03-04", "2024-03-08");
    const begun = [{ chunk: 3, days: days.slice(0, 3) }];
    const chunks = createChunks(
      days.map((day) => aFetch(day)),
      begun,
      allDue,
    );
    expect(chunks.of(days[1]!)).toBe(begun[0]);
    expect(chunks.of(days[3]!)).toEqual({ chunk: 4, days: days.slice(3) });
  });

  test("let a day that is not due stand alone: collected with the others it would be missing once it is due", () => {
    const days = sessions("2024-03-04", "2024-03-08");
    const chunks = createChunks(
      days.map((day) => aFetch(day)),
      [],
      (day) => day === "2024-03-08",
    );
    expect(chunks.of("2024-03-04").days).toEqual(days.slice(0, 4));
    expect(chunks.unclaimed()).toBe(0);
    expect(chunks.of("2024-03-08").days).toEqual(["2024-03-08"]);
  });

  test("are done with their last outcome, in whatever order the days end", () => {
    const days = sessions("2024-03-04", "2024-03-06");
    const chunks = createChunks(
      days.map((day) => aFetch(day)),
      [],
      allDue,
    );
    const chunk = chunks.of(days[0]!);
    expect(chunks.done(days[2]!)).toBeNull();
    expect(chunks.done(days[0]!)).toBeNull();
    expect(chunks.done(days[1]!)).toBe(chunk);
  });
});
