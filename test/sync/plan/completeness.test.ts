import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addDays, type Day } from "@/lib/contract/day";
import { addLoadedDay, judgeAgain, judgeRows, loadedDaysOf, neighbourRows } from "@/server/sync/plan/completeness";
import { aLedger, aLedgerDay, weekdays } from "../../support/builders";

const kindOf = (rows: number, neighbours: number[], replaced = 0) => judgeRows(rows, neighbours, replaced).kind;

describe("the judgement of a day by its rows", () => {
  test("exactly 3 % fewer than the median is complete, one row less is suspect", () => {
    expect(kindOf(970, [1_000, 1_000])).toBe("complete");
    expect(kindOf(969, [1_000, 1_000])).toBe("suspect");
  });
  test("exactly 30 % fewer is suspect, one row less is held back", () => {
    expect(kindOf(700, [1_000, 1_000])).toBe("suspect");
    expect(kindOf(699, [1_000, 1_000])).toBe("incomplete");
  });
  test("one neighbour is no opinion", () => {
    expect(kindOf(1, [1_000])).toBe("complete");
    expect(kindOf(1, [1_000, 1_000])).toBe("incomplete");
  });
  test("more rows than ever are no reason to doubt", () => expect(kindOf(9_000, [1_000, 1_000])).toBe("complete"));
  test("the median forgives one odd neighbour", () => {
    expect(kindOf(1_000, [1_000, 1_000, 50_000])).toBe("complete");
    expect(kindOf(960, [1_000, 1_000, 1])).toBe("suspect");
  });
  test("of an even number of neighbours the middle of the middle two counts", () => {
    expect(kindOf(1_066, [1_000, 1_200])).toBe("suspect");
    expect(kindOf(1_067, [1_000, 1_200])).toBe("complete");
  });
  test("a day that would lose more than 30 % of its own rows is held back, even without neighbours", () => {
    expect(judgeRows(699, [], 1_000)).toEqual({
      kind: "incomplete",
      shortfall: { reference: "replaced", expected: 1_000, percent: 30.1 },
    });
    expect(kindOf(700, [], 1_000)).toBe("complete");
  });
  test("the shortfall names what it was measured by", () => {
    expect(judgeRows(900, [1_000, 1_000], 0)).toEqual({
      kind: "suspect",
      shortfall: { reference: "neighbours", expected: 1_000, percent: 10 },
    });
  });
  test("more rows never make the judgement worse", () => {
    const rank = { incomplete: 0, suspect: 1, complete: 2 };
    const counts = fc.array(fc.nat(10_000), { maxLength: 10 });
    fc.assert(
      fc.property(fc.nat(12_000), fc.nat(500), counts, fc.nat(10_000), (rows, more, neighbours, replaced) => {
        expect(rank[kindOf(rows + more, neighbours, replaced)]).toBeGreaterThanOrEqual(rank[kindOf(rows, neighbours, replaced)]);
      }),
    );
  });
});

describe("where the source tells how many rows it expects", () => {
  const judged = (rows: number, neighbours: number[], expected: number | null) => judgeRows(rows, neighbours, 0, expected);

  test("its number counts and the neighbours do not, either way", () => {
    expect(judged(500, [1_000, 1_000], 505).kind).toBe("complete");
    expect(judged(1_000, [1_000, 1_000], 1_100)).toEqual({
      kind: "suspect",
      shortfall: { reference: "expected", expected: 1_100, percent: 9.1 },
    });
    expect(judged(60, [], 100)).toMatchObject({ kind: "incomplete", shortfall: { reference: "expected", expected: 100 } });
  });
  test("the rows to be replaced still protect themselves", () => {
    expect(judgeRows(500, [], 1_000, 500)).toMatchObject({ kind: "incomplete", shortfall: { reference: "replaced" } });
  });
  test("a source that sent up to 3 % more than it expects is believed; more, and the neighbours count after all", () => {
    expect(judged(500, [1_000, 1_000], 485).kind).toBe("complete");
    expect(judged(500, [1_000, 1_000], 484)).toMatchObject({ kind: "incomplete", shortfall: { reference: "neighbours" } });
    expect(judged(500, [500, 500], 1).kind).toBe("complete");
  });
  test("none at all is no word", () => expect(judged(500, [1_000, 1_000], 0)).toMatchObject({ kind: "incomplete" }));
});

describe("the neighbours of a day", () => {
  const days = Array.from({ length: 15 }, (_, index) => aLedgerDay(addDays("2024-01-01", index), { rows: 100 + index }));
  const ledger = aLedger(...days);
  const loaded = loadedDaysOf(ledger, "files");

  test("are five loaded days on either side, without the day itself", () => {
    expect(neighbourRows("2024-01-08", loaded, ledger).sort()).toEqual([102, 103, 104, 105, 106, 108, 109, 110, 111, 112]);
  });
  test("are five on one side where the other is empty", () => {
    expect(neighbourRows("2024-02-01", loaded, ledger).sort()).toEqual([110, 111, 112, 113, 114]);
    expect(neighbourRows("2023-12-31", loaded, ledger).sort()).toEqual([100, 101, 102, 103, 104]);
  });
  test("are the loaded ones only: neither failed days nor sample rows under a real source", () => {
    const mixed = aLedger(
      aLedgerDay("2024-01-01"),
      aLedgerDay("2024-01-02", { state: "failed" }),
      aLedgerDay("2024-01-03", { source: "sample" }),
    );
    expect(loadedDaysOf(mixed, "files")).toEqual(["2024-01-01"]);
    expect(loadedDaysOf(mixed, "sample")).toEqual(["2024-01-01", "2024-01-03"]);
  });
  test("the list of loaded days stays sorted and without doubles in whatever order days come", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400 })), (offsets) => {
        const list: Day[] = [];
        for (const offset of offsets) addLoadedDay(list, addDays("2024-01-01", offset));
        const expected = [...new Set(offsets)].sort((a, b) => a - b).map((offset) => addDays("2024-01-01", offset));
        expect(list).toEqual(expected);
      }),
    );
  });
});

describe("the judgement at the end of a task", () => {
  const week = weekdays("2024-02-26", "2024-03-08");
  const withDay = (day: Day, over: Parameters<typeof aLedgerDay>[1]) => aLedger(...week, aLedgerDay(day, over));
  const changed = (ledger: ReturnType<typeof aLedger>, from: Day, to: Day) =>
    judgeAgain(from, to, ledger, "files").map(({ day, state }) => `${day.date} ${state}`);

  test("the first day of a backfill, which had no neighbours when it came, is found to be too small", () => {
    const ledger = withDay("2024-02-26", { rows: 500 });
    expect(changed(ledger, "2024-02-26", "2024-03-08")).toEqual(["2024-02-26 suspect"]);
    expect(judgeAgain("2024-02-26", "2024-03-08", ledger, "files")[0]?.shortfall).toEqual({
      reference: "neighbours",
      expected: 1_000,
      percent: 50,
    });
  });
  test("a suspect day whose later neighbours are as small is complete after all", () => {
    expect(changed(withDay("2024-02-28", { state: "suspect", rows: 990 }), "2024-02-26", "2024-03-08")).toEqual([
      "2024-02-28 complete",
    ]);
  });
  test("a confirmed day keeps its word", () => {
    expect(changed(withDay("2024-02-28", { rows: 500, confirmed: true }), "2024-02-26", "2024-03-08")).toEqual([]);
  });
  test("five sessions beyond both ends are judged too, the sixth is not", () => {
    const small = (date: Day) => aLedger(...weekdays("2024-01-01", "2024-02-29"), aLedgerDay(date, { rows: 500 }));
    expect(changed(small("2024-01-24"), "2024-01-31", "2024-01-31")).toEqual(["2024-01-24 suspect"]);
    expect(changed(small("2024-01-23"), "2024-01-31", "2024-01-31")).toEqual([]);
    expect(changed(small("2024-02-07"), "2024-01-31", "2024-01-31")).toEqual(["2024-02-07 suspect"]);
    expect(changed(small("2024-02-08"), "2024-01-31", "2024-01-31")).toEqual([]);
  });
  test("where the last day of the range is not loaded, the five sessions count from it all the same", () => {
    const small = (date: Day) => aLedger(...weekdays("2024-01-01", "2024-02-29"), aLedgerDay(date, { rows: 500 }));
    expect(changed(small("2024-02-09"), "2024-02-01", "2024-02-03")).toEqual(["2024-02-09 suspect"]);
    expect(changed(small("2024-02-12"), "2024-02-01", "2024-02-03")).toEqual([]);
  });
  test("an empty table has nothing to judge", () => expect(changed(aLedger(), "2024-01-01", "2024-12-31")).toEqual([]));
});
