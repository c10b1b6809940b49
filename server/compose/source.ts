import { calendarOf } from "@/server/calendars/registry";
import type { Config } from "@/server/config/config";
import type { Pools } from "@/server/db/pools";
import { openSourceTable } from "@/server/db/source-table";
import { observe } from "@/server/sources/observed";
import { createSource } from "@/server/sources/registry";
import type { Clock, Log } from "@/server/sync/ports";

export interface SourceParts {
  config: Config;
  api: Pools["api"];
  clock: Clock;
  log: Log;
  /** The registry's unless said. */
  sourceOf?: typeof createSource;
}

/** Where rows come from and on which days there are any. Throws SourceConfigError where the settings cannot work. */
export function composeSource({ config, api, clock, log, sourceOf = createSource }: SourceParts) {
  const calendar = calendarOf(config.calendar, { closed: config.calendarClosed, open: config.calendarOpen });
  const foreignTable = openSourceTable(config, { api, zone: calendar.zone, log });
  const ports = { calendar, clock, log, ...(foreignTable ? { foreignTable } : {}) };
  return {
    calendar,
    ...observe(sourceOf(config.source, ports), clock),
    /** The pool of another PostgreSQL, where the rows come from one. */
    closePool: async () => foreignTable?.close(),
  };
}
