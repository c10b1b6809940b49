import type { CalendarInfo } from "./calendar";
import type { Instant } from "./instant";
import type { ConsoleInfo } from "./console";

/** A server process that was seen within the last seconds. */
export interface InstanceSettings {
  id: string;
  name: string;
  /** Where it listens, `127.0.0.1:8000`. */
  address: string;
  version: string;
  started_at: Instant;
  seen_at: Instant;
  /** It holds the lease, and how long ago it said so for the last time (ms). */
  holder: boolean;
  renewed_ms_ago: number | null;
  /** Pages that are open on it. */
  watching: number;
}

/** What is known without asking the database, and what it says of itself: null while it does not answer. */
export interface DatabaseSettings {
  embedded: boolean;
  /** `host:port` of DATABASE_URL without credentials; null = the embedded one has no address on the network. */
  address: string | null;
  name: string | null;
  /** Null until it answered for the first time. */
  pooler: ConsoleInfo["database"]["pooler"] | null;
  version: string | null;
  /** One question and its answer, in milliseconds. */
  round_trip_ms: number | null;
  /** Rows by PostgreSQL's statistics, before the first of them by the days that were stored. */
  table: { name: string; rows_estimate: number; bytes: number } | null;
  migrations: { applied: number; latest: string } | null;
}

/** One variable of the configuration. A secret has no value here, only that it is set. */
export interface VariableSettings {
  name: string;
  value: string | null;
  /** `environment` and `file` (`.env`) are set by the operator; null value and `default` = unset. */
  origin: "environment" | "file" | "default";
  secret: boolean;
}

/** Reply of `GET /settings`: who serves, from what and with which configuration. Answers also while the database is away. */
export interface Settings {
  version: string;
  node: string;
  server_time: Instant;
  /** The instance that answers. */
  instance_id: string;
  /** All instances by name; while the database is away only the one that answers. */
  instances: InstanceSettings[];
  database_answers: boolean;
  database: DatabaseSettings;
  source: ConsoleInfo["source"];
  calendar: CalendarInfo;
  configuration: VariableSettings[];
}
