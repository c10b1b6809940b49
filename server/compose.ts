import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { createAdoption } from "./adoption";
import { calendarOf } from "./calendars/registry";
import type { Config } from "./config";
import { bootDatabase, type Booted } from "./db/boot";
import type { Connection } from "./db/connect";
import { encodeDay } from "./db/copy-text";
import type { Claimer } from "./db/claim-next";
import { createMembership } from "./db/instances";
import { createLeaseStore } from "./db/lease-store";
import { MAX_QUEUED } from "./db/new-task";
import { openPools } from "./db/pools";
import { createReads } from "./db/reads";
import { readDatabaseFacts } from "./db/settings-sql";
import { openSourceTable } from "./db/source-table";
import { createScheduleStore } from "./db/schedule-store";
import { createTaskCommands } from "./db/task-commands";
import { nameRequired, type TableShape } from "./db/table-shape";
import { openWorkSession } from "./db/work-session";
import { type Dispatching, dispatchEverySoOften } from "./dispatch-loop";
import { composeFacts } from "./facts";
import { createApi } from "./http/api";
import { createNotifier } from "./notify/notifier";
import { createPost } from "./notify/post";
import { createHub } from "./realtime/hub";
import type { Broadcast } from "./realtime/socket-server";
import { observe } from "./sources/observed";
import { createSource } from "./sources/registry";
import { fingerprintOf } from "./sync/fingerprint";
import type { Log } from "./sync/ports";
import type { Instance } from "./sync/reads";
import { createScheduler } from "./sync/scheduler";
import { createScheduleViews } from "./sync/schedule-views";
import { createSourceTest } from "./sync/source-test";
import { createSyncManager } from "./sync/sync-manager";
import { createSyncQueries } from "./sync/sync-queries";
import { systemClock as clock } from "./system-clock";
import { takePartWith } from "./take-part";

/** A notice counts the causes of so many failed days. */
const DAYS_TOLD = 1_000;

export interface Parts {
  config: Config;
  version: string;
  connection: Connection;
  embedded: boolean;
  log: Log;
  broadcast: Broadcast;
}

/** The object graph: adapters on the outside, handed to the sync manager in the middle. */
export function compose({ config, version, connection, embedded, log, broadcast }: Parts) {
  const calendar = calendarOf(config.calendar, { closed: config.calendarClosed, open: config.calendarOpen });
  const { leaseTtlMs } = config;
  const { api, heartbeat, close: closePools } = openPools(connection, log, leaseTtlMs);
  const foreignTable = openSourceTable(config, { api, zone: calendar.zone, log });
  const ports = { calendar, clock, log, ...(foreignTable ? { foreignTable } : {}) };
  const { source, lastCall } = observe(createSource(config.source, ports), clock);
  const instance: Instance = {
    id: randomUUID(),
    name: `${hostname()}:${config.port || process.pid}`,
    address: `${config.host}:${config.port}`,
    version,
    fingerprint: fingerprintOf({
      source: source.name,
      calendar: calendar.id,
      closed: config.calendarClosed,
      open: config.calendarOpen,
      table: "daily_stock_data",
    }),
  };

  const reads = createReads(api, leaseTtlMs);
  const membership = createMembership(api, instance, leaseTtlMs);
  const others = takePartWith({ connection, instance, membership, leaseTtlMs, clock, log });
  const notifier = config.notifyUrl
    ? createNotifier({
        clock,
        log,
        webhook: createPost(config.notifyUrl),
        origin: config.publicOrigin,
        zone: calendar.zone,
        reads: {
          ...reads,
          failedDays: async (taskId) =>
            (await reads.taskDays(taskId, { status: "failed", after: null, limit: DAYS_TOLD }))?.days ?? [],
        },
      })
    : null;
  const claimer: Claimer = {
    holder: instance.id,
    holderName: instance.name,
    ttlMs: config.leaseTtlMs,
    fingerprint: instance.fingerprint,
    ...(notifier ? { onGivenUp: notifier.givenUp } : {}),
  };
  const lease = createLeaseStore({ pool: api, heartbeat, claimer, log });

  const hub = createHub({
    reads,
    current: () => manager.current(),
    today: () => queries.today().day,
    instance,
    zone: calendar.zone,
    broadcast,
    log,
  });
  const manager = createSyncManager({
    clock,
    log,
    calendar,
    source,
    reader: reads,
    lease,
    commands: createTaskCommands(api, instance.id),
    events: hub.events,
    encode: (rows) => encodeDay(rows, { nameRequired: shape !== null && nameRequired(shape) }),
    openSession: (epoch) =>
      openWorkSession({ connection, epoch, claimer, loaders: config.loaders, statementTimeoutMs: config.dayTimeoutMs, log }),
    settings: {
      loaders: config.loaders,
      prefetchBytes: config.prefetchBytes,
      dayTimeoutMs: config.dayTimeoutMs,
      sampleIntoExisting: config.sampleIntoExisting,
    },
    fingerprint: instance.fingerprint,
    leaseTtlMs: config.leaseTtlMs,
    ...(notifier ? { notifier } : {}),
  });
  const queries = createSyncQueries({ reads, lease, manager, events: hub.events, calendar, source, clock });
  const sourceTester = createSourceTest({
    clock,
    log,
    calendar,
    source,
    lease,
    reader: reads,
    leaseTtlMs,
    onReleased: () => void manager.dispatch().catch(() => {}),
  });

  const scheduling = {
    clock,
    log,
    calendar,
    source,
    store: createScheduleStore(api, instance.id),
    enabled: config.scheduleEnabled,
    gaps: (daysBack: number) => queries.gaps(daysBack),
  };
  const scheduler = createScheduler({
    ...scheduling,
    manager,
    ifBusy: config.scheduleIfBusy,
    onChanged: () => broadcast.schedule(),
  });
  // A change is told by the look that finds it.
  const schedules = createScheduleViews({ ...scheduling, onChanged: () => void scheduler.lookAfresh() });

  /** What the table is like, known once the database was reached. */
  let shape: TableShape | null = null;
  let ready = false;
  /** How the database was found to be reached; null before it answered for the first time. */
  let pooler: Booted["pooler"] | null = null;
  let notReadyBecause = "the database is being prepared";
  const closing = new AbortController();
  let dispatching: Dispatching | null = null;
  const adoption = createAdoption({ pool: api, lease, calendar, leaseTtlMs: config.leaseTtlMs, log, signal: closing.signal });

  const facts = composeFacts({
    config,
    connection,
    embedded,
    calendar,
    source,
    lastCall,
    instance,
    clock,
    reads,
    readDatabaseFacts: () => readDatabaseFacts(api, leaseTtlMs),
    databaseMs: hub.databaseMs,
    watching: () => broadcast.watching(),
    pooler: () => pooler,
  });

  const http = createApi({
    manager,
    maxQueued: MAX_QUEUED,
    queries,
    sourceTester,
    schedules,
    reads,
    calendar,
    clock,
    log,
    version,
    operatorName: config.operatorName,
    ...facts,
    notReady: () => {
      if (!ready) return adoption.why() ?? notReadyBecause;
      return hub.databaseMs() === null ? "the database does not answer" : (hub.rival()?.message ?? null);
    },
    adopting: adoption.progress,
  });

  return {
    http,
    state: hub.state,
    watchersChanged: hub.watchersChanged,
    /** Waits for the database, migrates it and begins to look for work. Rejects on faults that waiting does not mend. */
    async open(): Promise<void> {
      ({ pooler, shape } = await bootDatabase(connection, log, closing.signal));
      await others.join(closing.signal);
      // From here on the pages see the state, and that the days of an existing table are being adopted.
      await hub.open();
      const adopted = await adoption.run(shape.date_index);
      if (adopted) hub.events.coverageChanged(adopted.from, adopted.to);
      closing.signal.throwIfAborted();
      ready = true;
      dispatching = dispatchEverySoOften({ clock, manager, leaseLeftMs: hub.leaseLeftMs, log });
      scheduler.open();
      others.listen({ hub, manager, scheduler, dispatching });
    },
    /** Ends the work: the day in work is finished or rolled back, the lease given back. */
    async stopWork(): Promise<void> {
      ready = false;
      notReadyBecause = "the server is stopping";
      closing.abort(new Error("the server stops"));
      dispatching?.stop();
      await Promise.all([scheduler.stop(), sourceTester.stop(), manager.stop(), others.stopListening()]);
      await source.close?.();
      await notifier?.stop();
      await hub.close();
      await others.leave();
    },
    closePools: async () => void (await Promise.allSettled([closePools(), foreignTable?.close()])),
  };
}

export type Composition = ReturnType<typeof compose>;
