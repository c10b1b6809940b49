import type { Day } from "@/lib/contract/day";
import { loadedDaysOf } from "@/server/sync/plan/completeness";
import type { Ledger } from "@/server/sync/plan/ledger";
import { createCircuit } from "@/server/sync/trying/circuit";
import type { DayOutcome, DayWrite } from "@/server/sync/session-ports";
import type { Source } from "@/server/sync/source-ports";
import { createSyncDay, type SyncDayOptions } from "@/server/sync/day/sync-day";
import type { Wait } from "@/server/sync/task/task-record";
import { aCalendar } from "../support/builders";
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
  const waits: (Wait | null)[] = [];
  const pause = new AbortController();
  let stores = 0;
  let records = 0;
  const options: SyncDayOptions = {
    clock,
    log: createFakeLog(),
    source,
    exchange: aCalendar(),
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
    encode: async (rows) => fakeEncode(rows),
    taskId: "t",
    ledger,
    loadedDays: loadedDaysOf(ledger, source.name),
    acceptIncomplete: false,
    sampleIntoExisting: false,
    dayTimeoutMs: TIMEOUT_MS,
    circuit: createCircuit({ clock, zone: "Asia/Shanghai", closed: null }),
    pausing: pause.signal,
    notDue: () => false,
    isToday: () => false,
    ...over,
  };
  const syncDay = createSyncDay(options);
  const step = { date: DAY, skipsBefore: [] };
  const watch = { progressed: (done: number) => void progress.push(done), waiting: (wait: Wait | null) => void waits.push(wait) };
  const fetchDay = () => syncDay.fetch(step, stop.signal, watch);
  return {
    clock,
    stop,
    pause,
    waits,
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
