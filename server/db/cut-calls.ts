import { DatabaseAwayError } from "@/server/sync/errors";

type Calls = Record<string, (...args: never[]) => Promise<unknown>>;

/**
 * The same calls, which all reject at once when `cut` is called. Ending the sockets is not enough: a call that stands in
 * the queue of a pool hears nothing of it and would wait for its time to run out.
 */
export function cuttable<C extends Calls>(calls: C): { calls: C; cut(): void } {
  const underWay = new Set<(error: Error) => void>();

  const wrap =
    (call: C[string]) =>
    (...args: never[]) =>
      new Promise((resolve, reject) => {
        underWay.add(reject);
        call(...args)
          .then(resolve, reject)
          .finally(() => underWay.delete(reject));
      });
  return {
    calls: Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, wrap(call as C[string])])) as C,
    cut() {
      for (const reject of underWay) reject(new DatabaseAwayError(new Error("the connections of this run were cut")));
    },
  };
}
