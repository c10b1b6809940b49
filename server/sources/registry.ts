import type { ForeignTable } from "@/server/sync/range/foreign-table";
import type { Clock, Log, TradingCalendar } from "@/server/sync/ports";
import type { Source } from "@/server/sync/source-ports";
import { createBaostockSource } from "./baostock";
import { createFilesSource } from "./files";
import { createMassiveSource } from "./massive";
import { createPostgresSource } from "./postgres";
import { createSampleSource } from "./sample";
import { type SourceConfig, SourceConfigError } from "./source-config";
import { createTushareSource } from "./tushare";

/** What a source may need besides its configuration. */
export interface SourcePorts {
  calendar: TradingCalendar;
  clock: Clock;
  /** For what is no failure of a day, such as names that were refused. */
  log?: Pick<Log, "warn">;
  /** The table of the source `postgres`, opened where the configuration names one. */
  foreignTable?: ForeignTable;
}

interface SourceEntry {
  name: string;
  create(config: SourceConfig, ports: SourcePorts): Source;
}

/** Every source this version has, one line each. */
export const SOURCES: readonly SourceEntry[] = [
  { name: "sample", create: (config, ports) => createSampleSource({ ...config.sample, ...ports, ...publishHourOf(config) }) },
  { name: "files", create: (config, ports) => createFilesSource({ ...config.files, ...publishHourOf(config) }, ports) },
  { name: "tushare", create: (config, ports) => createTushareSource({ ...config.tushare, ...ports, ...publishHourOf(config) }) },
  { name: "massive", create: (config, ports) => createMassiveSource({ ...config.massive, ...ports, ...publishHourOf(config) }) },
  {
    name: "baostock",
    create: (config, { clock, calendar }) =>
      createBaostockSource({ ...config.baostock, clock, calendar, ...publishHourOf(config) }),
  },
  { name: "postgres", create: (config, ports) => createPostgresSource({ ...config.postgres, ...publishHourOf(config) }, ports) },
];

/** The source that `SOURCE` names. Throws SourceConfigError. */
export function createSource(config: SourceConfig, ports: SourcePorts): Source {
  const entry = SOURCES.find((source) => source.name === config.name);
  if (entry) return entry.create(config, ports);
  const names = SOURCES.map((source) => source.name).join(", ");
  throw new SourceConfigError("SOURCE", `expected one of ${names}, got ${config.name}`);
}

function publishHourOf({ publishHour }: SourceConfig): { publishHour?: number } {
  return publishHour === null ? {} : { publishHour };
}
