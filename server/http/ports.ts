import type { ConsoleInfo } from "@/lib/contract/console";
import type { SourceInfo } from "@/lib/contract/source";
import type { Settings } from "@/lib/contract/settings";
import type { Clock, Log, TradingCalendar } from "@/server/sync/ports";
import type { Reads } from "@/server/sync/asked/reads";
import type { ScheduleViews } from "@/server/sync/schedule/schedule-views";
import type { SourceTester } from "@/server/sync/asked/source-test";
import type { SyncManager } from "@/server/sync/run/sync-manager";
import type { SyncQueries } from "@/server/sync/asked/sync-queries";

/** How far the adoption is: days counted of how many, null where that is not known before the end. */
export interface Adopting {
  done: number;
  of: number | null;
}

/** What the routes need of the rest of the house. */
export interface HttpPorts {
  manager: Pick<SyncManager, "start" | "command" | "reprioritise" | "dequeue">;
  /** How many tasks may wait in the queue. */
  maxQueued: number;
  queries: SyncQueries;
  schedules: ScheduleViews;
  reads: Reads;
  settings: { read(): Promise<Settings> };
  calendar: TradingCalendar;
  clock: Pick<Clock, "now" | "monotonic">;
  log: Log;
  version: string;
  operatorName: string | null;
  /** Source and its last call, for `GET /console`. */
  sourceInfo(): ConsoleInfo["source"];
  /** The same with what the source needs to be set, for `GET /source`. */
  sourceFacts(): SourceInfo;
  sourceTester: Pick<SourceTester, "test">;
  databaseInfo(): Promise<ConsoleInfo["database"]>;
  /** Null = ready; else why not. */
  notReady(): string | null;
  /** The days of an existing table that are being counted at boot; null = none. */
  adopting(): Adopting | null;
}
