import type { DayError } from "@/lib/contract/task";
import { BadRowsError, SourceError } from "@/server/sync/errors";
import type { Clock, Source } from "@/server/sync/ports";

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
  const observed: Source = {
    ...source,
    async fetchDay(day, options) {
      const begun = clock.monotonic();
      const remember = (ok: boolean, error: DayError | null) => {
        last = { ok, atMs: clock.now(), ms: Math.round(clock.monotonic() - begun), error };
      };
      try {
        const fetched = await source.fetchDay(day, options);
        remember(true, null);
        return fetched;
      } catch (error) {
        if (!options.signal.aborted) remember(false, errorOf(error));
        throw error;
      }
    },
  };
  return { source: observed, lastCall: () => last };
}

function errorOf(error: unknown): DayError {
  if (error instanceof SourceError) return { code: "source_error", params: error.params };
  if (error instanceof BadRowsError) return { code: "bad_rows", params: error.params };
  return { code: "source_error", params: { kind: "other", detail: error instanceof Error ? error.message : String(error) } };
}
