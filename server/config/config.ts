import type { CalendarId } from "@/lib/contract/calendar";
import type { Day } from "@/lib/contract/day";
import type { VariableSettings } from "@/lib/contract/settings";
import type { SourceConfig } from "@/server/sources/source-config";
import type { ValueOf } from "./variables";

/** Everything the server was told from outside, read once at the start. */
export interface Config {
  /** Started by `npm run dev`: pages and server are read from the sources. */
  dev: boolean;
  port: number;
  host: string;
  publicOrigin: string | null;
  /** Null = the embedded PostgreSQL below `dataDir`. */
  databaseUrl: string | null;
  dataDir: string;
  calendar: CalendarId;
  calendarClosed: Day[];
  calendarOpen: Day[];
  /** Hours of the exchange's clock with a fraction (17.5 = 17:30); null = what the source says. */
  publishHour: number | null;
  source: SourceConfig;
  sampleIntoExisting: boolean;
  loaders: number;
  prefetchBytes: number;
  dayTimeoutMs: number;
  leaseTtlMs: number;
  /** False: nothing starts by itself on this instance. */
  scheduleEnabled: boolean;
  scheduleIfBusy: ValueOf<"SCHEDULE_IF_BUSY">;
  /** Webhook for what goes wrong while nobody watches; it holds a secret. */
  notifyUrl: string | null;
  operatorName: string | null;
  logLevel: ValueOf<"LOG_LEVEL">;
  logFormat: "pretty" | "json";
  /** What the settings page shows of all this. */
  shown: VariableSettings[];
  /** Remarks for the log: names that look like a typo of a known one. */
  hints: string[];
}

/** All faults of the configuration at once: variable, expected, got, what to do. */
export class ConfigError extends Error {
  readonly faults: readonly string[];

  constructor(faults: string[]) {
    super(
      `The configuration has ${faults.length === 1 ? "a fault" : `${faults.length} faults`}:\n${faults.map((fault) => `  - ${fault}`).join("\n")}`,
    );
    this.name = "ConfigError";
    this.faults = faults;
  }
}
