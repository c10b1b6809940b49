import type { Day } from "@/lib/contract/day";
import { loadedDaysOf } from "@/server/sync/completeness";
import type { Ledger } from "@/server/sync/ledger";
import type { DayOutcome, DayWrite, Source } from "@/server/sync/ports";
import { createSyncDay, type SyncDayOptions } from "@/server/sync/sync-day";
import { createFakeClock } from "../support/clock";
import { createFakeLog, createFakeSource, fakeEncode } from "../support/fakes";

export const DAY: Day = "2024-03-04";
export const TIMEOUT_MS = 600_000;

export interface Bench {
  source?: Source;
  ledger?: Ledger;
  /** Called for every store and every record, numbered from 1, before it counts. */
  storing?: (attempt: number, signal: AbortSignal) => Promise<void> | void;
  recording?: (attempt: number) => Promise<void> | void;
  over?: Partial<SyncDayOptions>;
}

/** One day on its way through `fetch` and `store`, with everything around it faked. */
export function onBench({ source = createFakeSource(), ledger = new Map(), storing, recording, over = {} }: Bench = {}) {
  const clock = createFakeClock();
  const stop = new AbortController();
  const stored: DayWrite[] = [];
  const recorded: DayOutcome[] = [];
  const progress: number[] = [];
  let stores = 0;
  let records = 0;
  const options: SyncDayOptions = {
    clock,
    log: createFakeLog(),
    source,
    session: {
      async storeDay(_taskId, write, signal) {
        await storing?.(++stores, signal);
        stored.push({ ...write, outcome: { ...write.outcome, duration_ms: write.durationMs() } });
      },
      async recordOutcome(_taskId, outcome) {
        await recording?.(++records);
        recorded.push(outcome);
      },
    },
    encode: fakeEncode,
    taskId: "t",
    ledger,
    loadedDays: loadedDaysOf(ledger, source.name),
    acceptIncomplete: false,
    sampleIntoExisting: false,
    dayTimeoutMs: TIMEOUT_MS,
    notDue: () => false,
    ...over,
  };
  const syncDay = createSyncDay(options);
  const step = { date: DAY, skipsBefore: [] };
  const fetchDay = () => syncDay.fetch(step, stop.signal, (done) => void progress.push(done));
  return {
    clock,
    stop,
    stored,
    recorded,
    progress,
    options,
    fetchDay,
    store: syncDay.store,
    /** The whole road of the day; time passes as it is needed. */
    run: () => clock.drive(fetchDay().then((ready) => syncDay.store(ready, stop.signal))),
  };
}
