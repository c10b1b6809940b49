import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { Config } from "@/server/config/config";
import { fingerprintOf } from "@/server/sync/instances/fingerprint";
import type { TradingCalendar } from "@/server/sync/ports";
import type { Instance } from "@/server/sync/asked/reads";
import type { Source } from "@/server/sync/source-ports";

export interface InstanceParts {
  config: Config;
  version: string;
  calendar: TradingCalendar;
  source: Source;
}

/** This process as the others see it. What its fingerprint holds must be equal on all instances of one database. */
export function nameInstance({ config, version, calendar, source }: InstanceParts): Instance {
  return {
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
}
