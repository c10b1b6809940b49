import { instantIn } from "@/lib/contract/instant";
import type { DatabaseSettings, InstanceSettings, Settings } from "@/lib/contract/settings";
import { DatabaseAwayError } from "@/server/sync/errors";
import type { Clock, TradingCalendar } from "@/server/sync/ports";
import type { Instance } from "./reads";

/** An instance as the database knows it, with Unix times in milliseconds. */
export interface InstanceRecord extends Omit<InstanceSettings, "started_at" | "seen_at"> {
  started_ms: number;
  seen_ms: number;
}

/** What only the database knows. */
export interface DatabaseFacts extends Pick<DatabaseSettings, "version" | "name" | "round_trip_ms" | "table" | "migrations"> {
  instances: InstanceRecord[];
}

export interface SettingsOptions {
  clock: Pick<Clock, "now">;
  calendar: TradingCalendar;
  /** This process, and when it was started (Unix ms). */
  instance: Instance;
  startedMs: number;
  node: string;
  /** Rejects with DatabaseAwayError. */
  facts(): Promise<DatabaseFacts>;
  /** What is known of the database without asking it. */
  database(): Pick<DatabaseSettings, "embedded" | "address" | "pooler"> & { name: string | null };
  source(): Settings["source"];
  configuration: Settings["configuration"];
  watching(): number;
}

/** What `/settings` shows. While the database is away it says what this process knows by itself. */
export function createSettings(options: SettingsOptions): { read(): Promise<Settings> } {
  const { clock, calendar, instance } = options;

  function toInstance({ started_ms, seen_ms, ...record }: InstanceRecord): InstanceSettings {
    return { ...record, started_at: instantIn(calendar.zone, started_ms), seen_at: instantIn(calendar.zone, seen_ms) };
  }

  function thisOne(): InstanceRecord {
    const { id, name, address, version } = instance;
    const blank = { holder: false, renewed_ms_ago: null };
    return {
      id,
      name,
      address,
      version,
      ...blank,
      started_ms: options.startedMs,
      seen_ms: clock.now(),
      watching: options.watching(),
    };
  }

  async function factsOrNull(): Promise<DatabaseFacts | null> {
    try {
      return await options.facts();
    } catch (error) {
      if (error instanceof DatabaseAwayError) return null;
      throw error;
    }
  }

  return {
    async read() {
      const facts = await factsOrNull();
      const known = options.database();
      return {
        version: instance.version,
        node: options.node,
        server_time: instantIn(calendar.zone, clock.now()),
        instance_id: instance.id,
        instances: (facts?.instances ?? [thisOne()]).map(toInstance),
        database_answers: facts !== null,
        database: {
          ...known,
          version: facts?.version ?? null,
          name: facts?.name ?? known.name,
          round_trip_ms: facts?.round_trip_ms ?? null,
          table: facts?.table ?? null,
          migrations: facts?.migrations ?? null,
        },
        source: options.source(),
        calendar: { id: calendar.id, zone: calendar.zone, known_until: calendar.knownUntil },
        configuration: options.configuration,
      };
    },
  };
}
