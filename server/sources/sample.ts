import { addDays, type Day } from "@/lib/contract/day";
import { SourceError } from "@/server/sync/errors";
import type { Clock, TradingCalendar } from "@/server/sync/ports";
import type { Fetched, FetchOptions, Source } from "@/server/sync/source-ports";
import { createSampleMarket } from "./sample/market";
import { MAX_SAMPLE_SYMBOLS } from "./sample/symbols";
import { createSerial } from "./calls/serial";
import { type SampleConfig, SourceConfigError } from "./source-config";

const PROGRESS_STEPS = 20;
const SHORTEST_STEP_MS = 10;

/**
 * A deterministic market without a network, to try the product on. One fetch takes `dayMs`, and fetches stand in line like
 * those of a provider that allows one request at a time.
 */
export function createSampleSource(
  options: SampleConfig & { calendar: TradingCalendar; clock: Clock; publishHour?: number },
): Source {
  const { symbols, dayMs, calendar, clock, publishHour = 0 } = options;
  const failDays = new Set(options.failDays);
  const shortDays = new Map(options.shortDays);
  if (!Number.isInteger(symbols) || symbols < 1 || symbols > MAX_SAMPLE_SYMBOLS) {
    throw new SourceConfigError("SAMPLE_SYMBOLS", `expected a whole number from 1 to ${MAX_SAMPLE_SYMBOLS}, got ${symbols}`);
  }
  const rowsOf = createSampleMarket(symbols);
  const oneAtATime = createSerial();

  async function fetchSession(day: Day, fetchOptions: FetchOptions): Promise<Fetched> {
    const { signal } = fetchOptions;
    signal.throwIfAborted();
    const startedMs = clock.monotonic();
    if (failDays.has(day)) throw new SourceError("broken", { kind: "configured" }, { retry: false });
    const rows = rowsOf(day, previousSession(calendar, day));
    const count = Math.round(rows.length * (shortDays.get(day) ?? 1));
    const steps = Math.max(1, Math.min(PROGRESS_STEPS, Math.floor(dayMs / SHORTEST_STEP_MS)));
    for (let step = 1; step <= steps; step++) {
      const restMs = startedMs + (dayMs * step) / steps - clock.monotonic();
      // Also where it takes no time at all: day after day without a pause would keep the renewals of the lease waiting.
      if (restMs > 0 || step === steps) await clock.sleep(Math.max(0, restMs), signal);
      fetchOptions.onProgress(Math.round((count * step) / steps), count);
    }
    return count === 0 ? { kind: "nothing" } : { kind: "rows", rows: rows.slice(0, count) };
  }

  return {
    name: "sample",
    sample: true,
    publishHour,
    async fetchDay(day, fetchOptions) {
      fetchOptions.signal.throwIfAborted();
      if (calendar.closedReason(day) !== null) return { kind: "nothing" };
      return oneAtATime(fetchOptions.signal, () => fetchSession(day, fetchOptions));
    },
  };
}

function previousSession(calendar: TradingCalendar, day: Day): Day {
  let before = addDays(day, -1);
  while (calendar.closedReason(before) !== null) before = addDays(before, -1);
  return before;
}
