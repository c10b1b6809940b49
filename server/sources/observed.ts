import { setImmediate as nextTurn } from "node:timers/promises";
import type { DayError } from "@/lib/contract/task";
import { asFailure } from "@/server/sync/day/outcomes";
import { StoppedError } from "@/server/sync/errors";
import type { Clock } from "@/server/sync/ports";
import type { Source } from "@/server/sync/source-ports";

/** How the last call of the source went. Nothing probes a source in the background: this is what the page shows of its health. */
export interface LastCall {
  ok: boolean;
  atMs: number;
  ms: number;
  error: DayError | null;
}

/** The same source, remembering its last call. A call that was aborted says nothing about the source. */
export function observe(
  source: Source,
  clock: Pick<Clock, "now" | "monotonic">,
): { source: Source; lastCall(): LastCall | null } {
  let last: LastCall | null = null;
  async function remembering<T>(signal: AbortSignal, call: () => Promise<T>): Promise<T> {
    const begun = clock.monotonic();
    const remember = (ok: boolean, error: DayError | null) => {
      last = { ok, atMs: clock.now(), ms: Math.round(clock.monotonic() - begun), error };
    };
    try {
      const answer = await call();
      remember(true, null);
      return answer;
    } catch (error) {
      if (!signal.aborted && !(error instanceof StoppedError)) {
        const { code, params } = asFailure(error, "source_error");
        remember(false, { code, params });
      }
      throw error;
    }
  }
  const { prepare, probe } = source;
  const observed: Source = {
    ...source,
    // A source may answer at once, day after day, from what it read before: between two days all others have their turn.
    fetchDay: (day, options) =>
      remembering(options.signal, async () => {
        await nextTurn();
        return source.fetchDay(day, options);
      }),
    ...(prepare ? { prepare: (days, options) => remembering(options.signal, () => prepare(days, options)) } : {}),
    ...(probe ? { probe: (day, options) => remembering(options.signal, () => probe(day, options)) } : {}),
  };
  return { source: observed, lastCall: () => last };
}
