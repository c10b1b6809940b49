import type { Config } from "@/server/config/config";
import type { Claimer } from "@/server/db/lease-row";
import type { Connection } from "@/server/db/connect";
import { keepClosedSource } from "@/server/db/closed-source-sql";
import { reaching } from "@/server/db/connect";
import { createMembership } from "@/server/db/instances";
import { createLeaseStore } from "@/server/db/lease-store";
import type { Pools } from "@/server/db/pools";
import { createScheduleStore } from "@/server/db/schedule-store";
import { createTaskCommands } from "@/server/db/task-commands";
import { openWorkSession } from "@/server/db/work-session";
import type { Log } from "@/server/sync/ports";
import type { Instance } from "@/server/sync/asked/reads";
import type { SystemPause } from "@/server/sync/errors";
import type { SourceIdentity } from "@/server/sync/source-ports";

export interface StoreParts {
  config: Config;
  connection: Connection;
  pools: Pools;
  instance: Instance;
  log: Log;
  /** Hears of tasks that a claim gives up. */
  onGivenUp?: Claimer["onGivenUp"];
}

/** What this instance writes to the database, and the lease under which it may. */
export function composeStore({ config, connection, pools, instance, log, onGivenUp }: StoreParts) {
  const { api, heartbeat } = pools;
  const { loaders, dayTimeoutMs: statementTimeoutMs, leaseTtlMs: ttlMs } = config;
  const claimer: Claimer = {
    holder: instance.id,
    holderName: instance.name,
    ttlMs,
    fingerprint: instance.fingerprint,
    ...(onGivenUp ? { onGivenUp } : {}),
  };
  return {
    membership: createMembership(api, instance, ttlMs),
    lease: createLeaseStore({ pool: api, heartbeat, claimer, log }),
    commands: createTaskCommands(api, instance.id),
    keepClosedSource: (source: SourceIdentity, pause: SystemPause) => reaching(() => keepClosedSource(api, source, pause)),
    scheduleStore: createScheduleStore(api, instance.id),
    openSession: (epoch: number) => openWorkSession({ connection, epoch, claimer, loaders, statementTimeoutMs, log }),
  };
}

export type Store = ReturnType<typeof composeStore>;
