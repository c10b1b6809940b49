import { describe, expect, test } from "vitest";
import { encodeDay } from "@/server/db/copy-text";
import { cutCsvRows } from "@/server/sources/csv/table";
import { parseLayout } from "@/server/sources/files/layout";
import type { CutRows } from "@/server/sync/rows/cut-rows";
import { applyRowRules } from "@/server/sync/rows/row-rules";
import type { Row } from "@/server/sync/rows/row";
import { eachInTurns, ROWS_A_TURN, sortedInTurns, takeTurns, type Turns } from "@/server/sync/rows/turns";
import { ANY_CODE, atOnce } from "../../support/at-once";
import { DAY, row } from "../row-rules-rows";

const USUAL_ROWS = 5_400;
/** What a turn takes, several times and a little more. */
const MANY_ROWS = 4 * ROWS_A_TURN + 7;

/** The work to its end, and how many turns it took; `onTurn` hears of the end of each. */
function turnsOf<Result>(work: Turns<Result>, onTurn = () => {}): { result: Result; turns: number } {
  for (let turns = 1; ; turns += 1) {
    const turn = work.next();
    onTurn();
    if (turn.done) return { result: turn.value, turns };
  }
}

/** Rows that count how many different ones are looked at, until `reset`. */
function watchedRows(count: number) {
  const touched = new Set<number>();
  const rows = Array.from({ length: count }, (_, index): Row => {
    const code = String(900_000 - index);
    const watched = row({ stock_code: code });
    Object.defineProperty(watched, "close_price", {
      enumerable: true,
      get() {
        touched.add(index);
        return "10.20";
      },
    });
    return watched;
  });
  return { rows, touched };
}

async function cutRowsOf(lines: string[]): Promise<CutRows> {
  const settings = { url: "/{yyyy-MM-dd}.csv", columns: null, delimiter: null, nulls: null, encoding: null, units: null };
  const layout = parseLayout(settings, (fault) => {
    throw fault;
  });
  const reading = { signal: new AbortController().signal, onProgress: () => {}, shown: "x", needsDate: false, zone: "UTC" };
  const bytes = Buffer.from(`code,open,high,low,close\n${lines.join("\n")}\n`);
  const rows = layout && (await cutCsvRows(bytes, ",", layout, DAY, reading));
  if (!rows) throw new Error("not cut");
  return rows;
}

describe("a day of many rows", () => {
  test("is judged and encoded by row with no more rows in one turn than allowed, unsorted as it is", () => {
    const { rows, touched } = watchedRows(MANY_ROWS);
    let most = 0;
    const reset = () => {
      most = Math.max(most, touched.size);
      touched.clear();
    };
    const judged = turnsOf(applyRowRules(rows, DAY, ANY_CODE), reset).result;
    const encoded = turnsOf(encodeDay(judged.rows), reset).result;
    expect(encoded.rows).toBe(MANY_ROWS);
    expect(most).toBeGreaterThan(1_000);
    expect(most).toBeLessThanOrEqual(ROWS_A_TURN);
  });

  // Rules, order and text each walk over all rows; the last also has the sum of the bytes.
  const [WALK, LINES] = [Math.floor(MANY_ROWS / ROWS_A_TURN), Array.from({ length: MANY_ROWS }, (_, n) => 900_000 - n)];

  test("so it is cut: rules, order and text each take their turns", async () => {
    const cut = await cutRowsOf(LINES.map((code) => `${code},1,1,1,1`));
    const judged = turnsOf(applyRowRules(cut, DAY, ANY_CODE));
    expect(judged.turns).toBeGreaterThanOrEqual(3 * WALK);
    expect(turnsOf(encodeDay(judged.result.rows)).turns).toBeGreaterThanOrEqual(WALK);
    expect(turnsOf(encodeDay(cut)).turns).toBeGreaterThanOrEqual(3 * WALK);
  });

  test("so it is where no row is plain, or where the last one leads to the other road", async () => {
    const doubtful = await cutRowsOf(LINES.map((code) => `${code},1,1,2,1`));
    expect(turnsOf(applyRowRules(doubtful, DAY, ANY_CODE)).turns).toBeGreaterThanOrEqual(3 * WALK);
    const twins = await cutRowsOf([...LINES.slice(0, -1).toSorted(), "900000"].map((code) => `${code},1,1,1,1`));
    const judged = turnsOf(applyRowRules(twins, DAY, ANY_CODE));
    expect(judged.result.rows).toHaveLength(MANY_ROWS - 1);
    expect(judged.turns).toBeGreaterThanOrEqual(4 * WALK);
  });
});

test("a usual day is judged and encoded in one turn each, on both roads", async () => {
  const { rows } = watchedRows(USUAL_ROWS);
  const cut = await cutRowsOf(rows.map(({ stock_code }) => `${stock_code},1,1,1,1`).toReversed());
  for (const usual of [rows, cut]) {
    expect(turnsOf(applyRowRules(usual, DAY, ANY_CODE)).turns).toBe(1);
    expect(turnsOf(encodeDay(usual)).turns).toBe(1);
  }
});

describe("work in turns", () => {
  test("is sorted as one sort would, equal things in the order they came", () => {
    // Few values, so that many are equal; more of them than a turn takes, so that runs are merged.
    for (const count of [ROWS_A_TURN, 2 * ROWS_A_TURN + 1, 5 * ROWS_A_TURN - 7]) {
      const keys = Array.from({ length: count }, (_, index) => (index * 7_919) % 997);
      const compare = (one: number, other: number) => (keys[one] as number) - (keys[other] as number);
      expect(atOnce(sortedInTurns(count, compare)).join()).toBe([...keys.keys()].sort(compare).join());
    }
  });

  test.each([0, 1, ROWS_A_TURN, ROWS_A_TURN + 1])("%d rows are each met once, in their order", (count) => {
    const met: number[] = [];
    atOnce(eachInTurns(count, (index) => void met.push(index)));
    expect(met).toEqual(Array.from({ length: count }, (_, index) => index));
  });

  test("lets others in between two turns, and ends there when it is aborted", async () => {
    const abort = new AbortController();
    let [met, ways] = [0, 0];
    const giveWay = async () => {
      ways += 1;
      if (ways === 2) abort.abort(new Error("cancelled"));
    };
    const work = eachInTurns(10 * ROWS_A_TURN, () => void (met += 1));
    await expect(takeTurns(work, giveWay, abort.signal)).rejects.toThrow("cancelled");
    expect([ways, met]).toEqual([2, 2 * ROWS_A_TURN]);
  });
});
