import type { Config } from "@/server/config/config";
import { encodeDay } from "@/server/db/copy-text";
import { createHub } from "@/server/realtime/hub";
import type { Broadcast } from "@/server/realtime/socket-server";
import type { Clock, Log, TradingCalendar } from "@/server/sync/ports";
import type { Instance, Reads } from "@/server/sync/asked/reads";
import { takeTurns } from "@/server/sync/rows/turns";
import { createScheduleViews } from "@/server/sync/schedule/schedule-views";
import { createScheduler } from "@/server/sync/schedule/scheduler";
import type { Source } from "@/server/sync/source-ports";
import { createSourceTest } from "@/server/sync/asked/source-test";
import { createSyncManager } from "@/server/sync/run/sync-manager";
import { createSyncQueries } from "@/server/sync/asked/sync-queries";
import { lastDueDay } from "@/server/sync/time/today";
import type { ComposedNotifier } from "./notifier";
import type { Store } from "./store";

export interface SyncParts {
  config: Config;
  instance: Instance;
  calendar: TradingCalendar;
  source: Source;
  reads: Reads;
  store: Store;
  notifier: ComposedNotifier;
  broadcast: Broadcast;
  clock: Clock;
  log: Log;
  /** The table wants a name in every row; asked once days are stored, when the database was reached. */
  nameRequired(): boolean;
}

/** The sync itself: the manager in the middle, who hears of it, what may be asked of it, and what starts it by the clock. */
export function composeSync(parts: SyncParts) {
  const { config, instance, calendar, source, reads, notifier, broadcast, clock, log } = parts;
  const { lease, commands, scheduleStore, openSession } = parts.store;
  const { loaders, prefetchBytes, dayTimeoutMs, sampleIntoExisting } = config;
  const hub = createHub({
    reads,
    current: () => manager.current(),
    today: () => queries.today().day,
    lastDueDay: () => lastDueDay(clock, calendar, source),
    instance,
    zone: calendar.zone,
    broadcast,
    log,
  });
  const { events } = hub;
  const manager = createSyncManager({
    clock,
    log,
    calendar,
    source,
    reader: reads,
    lease,
    commands,
    events,
    encode: (rows) => takeTurns(encodeDay(rows, { nameRequired: parts.nameRequired() }), () => clock.giveWay()),
    openSession,
    settings: { loaders, prefetchBytes, dayTimeoutMs, sampleIntoExisting },
    fingerprint: instance.fingerprint,
    leaseTtlMs: config.leaseTtlMs,
    ...(notifier ? { notifier } : {}),
  });
  const queries = createSyncQueries({ reads, lease, manager, events, calendar, source, clock });

  const sourceTester = createSourceTest({
    clock,
    log,
    calendar,
    source,
    lease,
    reader: reads,
    keepClosed: (pause) => parts.store.keepClosedSource(source, pause),
    leaseTtlMs: config.leaseTtlMs,
    onReleased: () => void manager.dispatch().catch(() => {}),
  });

  const scheduling = {
    clock,
    log,
    calendar,
    source,
    store: scheduleStore,
    enabled: config.scheduleEnabled,
    gaps: (daysBack: number) => queries.gaps(daysBack),
  };
  const ifBusy = config.scheduleIfBusy;
  const scheduler = createScheduler({ ...scheduling, manager, ifBusy, onChanged: () => broadcast.schedule() });
  // A change is told by the look that finds it.
  const schedules = createScheduleViews({ ...scheduling, onChanged: () => void scheduler.lookAfresh() });
  return { hub, manager, queries, sourceTester, scheduler, schedules };
}

export type Sync = ReturnType<typeof composeSync>;
