import { nameInstance } from "./compose/instance";
import { createLifeCycle } from "./compose/life-cycle";
import { composeNotifier } from "./compose/notifier";
import { composeSource } from "./compose/source";
import { composeStore } from "./compose/store";
import { composeSync } from "./compose/sync";
import type { Config } from "./config/config";
import type { Connection } from "./db/connect";
import { MAX_QUEUED } from "./db/new-task";
import { openPools } from "./db/pools";
import { createReads } from "./db/reads";
import { readDatabaseFacts } from "./db/settings-sql";
import { composeFacts } from "./compose/facts";
import { createApi } from "./http/api";
import type { createSource } from "./sources/registry";
import type { Broadcast } from "./realtime/socket-server";
import type { Clock, Log } from "./sync/ports";
import { systemClock } from "./system-clock";
import { takePartWith } from "./compose/take-part";

export interface Parts {
  config: Config;
  version: string;
  connection: Connection;
  embedded: boolean;
  log: Log;
  broadcast: Broadcast;
  /** The real one unless said. */
  clock?: Clock;
  /** The registry's unless said. */
  sourceOf?: typeof createSource;
}

/** The object graph: adapters on the outside, handed to the sync manager in the middle. */
export function compose(parts: Parts) {
  const { config, version, connection, embedded, log, broadcast, clock = systemClock } = parts;
  const { leaseTtlMs, operatorName } = config;
  const pools = openPools(connection, log, leaseTtlMs);
  const { api } = pools;
  const { calendar, source, lastCall, closePool } = composeSource({ ...parts, api, clock });
  const instance = nameInstance({ config, version, calendar, source });

  const reads = createReads(api, leaseTtlMs);
  const notifier = composeNotifier({ config, zone: calendar.zone, reads, clock, log });
  const onGivenUp = notifier?.givenUp;
  const store = composeStore({ config, connection, pools, instance, log, onGivenUp });
  const { membership, lease } = store;
  const nameRequired = () => life.nameRequired();
  const around = { config, instance, calendar, source, clock, log };
  const sync = composeSync({ ...around, reads, store, notifier, broadcast, nameRequired });
  const { hub, manager, queries, schedules, sourceTester } = sync;

  const others = takePartWith({ connection, instance, membership, leaseTtlMs, clock, log });
  const life = createLifeCycle({ ...around, connection, sync, others, notifier, lease, leaseTtlMs });

  const facts = composeFacts({
    ...around,
    connection,
    embedded,
    lastCall,
    reads,
    readDatabaseFacts: () => readDatabaseFacts(api, leaseTtlMs),
    databaseMs: hub.databaseMs,
    watching: () => broadcast.watching(),
    pooler: life.pooler,
  });
  const { notReady, adopting } = life;
  const answering = { manager, queries, sourceTester, schedules, reads, calendar, clock, log };
  const http = createApi({ ...answering, ...facts, version, operatorName, maxQueued: MAX_QUEUED, notReady, adopting });

  return {
    http,
    state: hub.state,
    watchersChanged: hub.watchersChanged,
    open: life.open,
    stopWork: life.stopWork,
    closePools: async () => void (await Promise.allSettled([pools.close(), closePool()])),
  };
}

export type Composition = ReturnType<typeof compose>;
