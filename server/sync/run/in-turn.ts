import { DatabaseAwayError } from "@/server/sync/errors";

/**
 * Does one thing after the other, so that a rush of starts takes one connection and not all of them (the lease row lets one
 * claim through at a time anyway). A database that does not answer the first is not asked by those behind it: they fail with it.
 */
export function createTurns(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> | null = null;
  let asked = 0;
  /** Everybody who asked up to this one fails with `away`. */
  let failedUpTo = 0;
  let away: DatabaseAwayError | null = null;

  async function take<Result>(number: number, work: () => Promise<Result>): Promise<Result> {
    if (away && number <= failedUpTo) throw away;
    try {
      return await work();
    } catch (error) {
      if (error instanceof DatabaseAwayError) [away, failedUpTo] = [error, asked];
      throw error;
    }
  }

  return (work) => {
    const number = (asked += 1);
    const turn = last ? last.then(() => take(number, work)) : take(number, work);
    const over: Promise<unknown> = turn
      .catch(() => {})
      .then(() => {
        if (last === over) last = null;
      });
    last = over;
    return turn;
  };
}
