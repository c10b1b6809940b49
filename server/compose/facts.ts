import { instantIn } from "@/lib/contract/instant";
import type { ConsoleInfo } from "@/lib/contract/console";
import { SOURCE_VARIABLES, type SourceInfo } from "@/lib/contract/source";
import type { Config } from "@/server/config/config";
import { addressOfConnection } from "@/server/db/address";
import type { Booted } from "@/server/db/boot";
import type { Connection } from "@/server/db/connect";
import type { LastCall } from "@/server/sources/observed";
import type { Clock, TradingCalendar } from "@/server/sync/ports";
import type { Source } from "@/server/sync/source-ports";
import { lastDueDay } from "@/server/sync/time/today";
import type { Instance, Reads } from "@/server/sync/asked/reads";
import { createSettings, type DatabaseFacts } from "@/server/sync/asked/settings";

export interface FactsParts {
  config: Config;
  connection: Connection;
  embedded: boolean;
  calendar: TradingCalendar;
  source: Source;
  lastCall(): LastCall | null;
  instance: Instance;
  clock: Clock;
  reads: Pick<Reads, "serverVersion">;
  readDatabaseFacts(): Promise<DatabaseFacts>;
  databaseMs(): number | null;
  watching(): number;
  /** How the database was found to be reached; null before it answered for the first time. */
  pooler(): Booted["pooler"] | null;
}

/** What the pages are told of this process itself: its source, its database, its configuration. */
export function composeFacts(parts: FactsParts) {
  const { config, calendar, source, embedded } = parts;
  const pooler = () => {
    const found = parts.pooler();
    return found && (found === "session" ? "session_pooler" : "direct");
  };

  function sourceInfo(): ConsoleInfo["source"] {
    const last = parts.lastCall();
    const call = last && { ok: last.ok, at: instantIn(calendar.zone, last.atMs), ms: last.ms, error: last.error };
    return { name: source.name, sample: source.sample, publish_hour: source.publishHour, last_call: call };
  }

  /** Whether what the source needs is set; the sample market tells it of those it may be exchanged for. */
  function sourceFacts(): SourceInfo {
    const set = new Set(config.shown.filter((variable) => variable.origin !== "default").map((variable) => variable.name));
    const names = source.sample ? Object.values(SOURCE_VARIABLES).flat() : (SOURCE_VARIABLES[source.name] ?? []);
    const variables = names.map((name) => ({ name, set: set.has(name) }));
    return { ...sourceInfo(), variables, last_due_day: lastDueDay(parts.clock, calendar, source) };
  }

  return {
    sourceInfo,
    sourceFacts,
    databaseInfo: async (): Promise<ConsoleInfo["database"]> => ({
      version: await parts.reads.serverVersion(),
      pooler: pooler() ?? "direct",
      embedded,
      ms: parts.databaseMs() ?? 0,
    }),
    settings: createSettings({
      clock: parts.clock,
      calendar,
      instance: parts.instance,
      startedMs: parts.clock.now(),
      node: process.versions.node,
      facts: parts.readDatabaseFacts,
      database() {
        const { address, name } = addressOfConnection(parts.connection);
        return { embedded, address: embedded ? null : address, name, pooler: pooler() };
      },
      source: sourceInfo,
      configuration: config.shown,
      watching: parts.watching,
    }),
  };
}
