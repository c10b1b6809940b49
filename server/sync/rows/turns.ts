/** Long work in short turns: between two of them timers and sockets are heard, whoever drives it sees to that. */
export type Turns<Result> = Generator<undefined, Result, undefined>;

/**
 * Rows that are worked on in one turn. A usual day is a single turn and pays nothing; 100,000 rows were judged and encoded
 * in over half a second at one go, in which no lease could be renewed.
 */
export const ROWS_A_TURN = 6_144;

/** Does the work to its end. Between two turns `giveWay` lets all others in, and a signal that was aborted ends it with its reason. */
export async function takeTurns<Result>(
  work: Turns<Result>,
  giveWay: () => Promise<void>,
  signal?: AbortSignal,
): Promise<Result> {
  for (;;) {
    const turn = work.next();
    if (turn.done) return turn.value;
    await giveWay();
    signal?.throwIfAborted();
  }
}

/** Calls `work` with every number below `count`. */
export function* eachInTurns(count: number, work: (index: number) => void): Turns<void> {
  for (let from = 0; from < count; from += ROWS_A_TURN) {
    if (from > 0) yield;
    const to = Math.min(count, from + ROWS_A_TURN);
    for (let index = from; index < to; index += 1) work(index);
  }
}

/** The numbers below `count` in the order that `compare` gives the things they stand for; equal ones stay as they are. */
export function* sortedInTurns(count: number, compare: (one: number, other: number) => number): Turns<number[]> {
  let sorted: number[] = [];
  for (let from = 0; from < count; from += ROWS_A_TURN) {
    if (from > 0) yield;
    const to = Math.min(count, from + ROWS_A_TURN);
    sorted = sorted.concat(Array.from({ length: to - from }, (_, index) => from + index).sort(compare));
  }
  for (let width = ROWS_A_TURN; width < count; width *= 2) sorted = yield* mergedPairs(sorted, width, compare);
  return sorted;
}

/** Makes one run of every two that lie beside each other; each is `width` long, the last ones may be shorter. */
function* mergedPairs(runs: readonly number[], width: number, compare: (one: number, other: number) => number): Turns<number[]> {
  const merged: number[] = [];
  for (let from = 0; from < runs.length; from += 2 * width) {
    let [left, right] = [from, from + width];
    const [leftEnd, rightEnd] = [Math.min(right, runs.length), Math.min(right + width, runs.length)];
    while (left < leftEnd || right < rightEnd) {
      if (merged.length % ROWS_A_TURN === 0) yield;
      const takesLeft = right >= rightEnd || (left < leftEnd && compare(runs[left] as number, runs[right] as number) <= 0);
      merged.push(runs[takesLeft ? left++ : right++] as number);
    }
  }
  return merged;
}
