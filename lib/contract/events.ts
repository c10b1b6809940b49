import type { Day } from "./day";
import type { Instant } from "./instant";
import type { Progress, TaskDay } from "./task";

/** A server process that serves pages; `holder` marks the one that holds the lease. */
export interface InstanceInfo {
  id: string;
  name: string;
  holder: boolean;
  renewed_ms_ago: number | null;
}

/** `sync:state`: the whole state, the latest wins. Sent on connect and at most four times a second. */
export interface SyncState {
  /** New with every start of the server; `seq` grows within a boot and is the same for every socket. */
  boot_id: string;
  seq: number;
  server_time: Instant;
  today: Day;
  /** The last trading day whose rows the source should have by now: another one from the publish hour on. */
  last_due_day: Day;
  /** Grows whenever the lease is taken or given back, so that nothing done under it goes unseen between two states; null = not seen yet. */
  epoch: number | null;
  current: Progress | null;
  last: Progress | null;
  /** Tasks that wait, in the order in which they will run: the first 20, and how many there are. */
  queue: { tasks: Progress[]; count: number };
  /** Paused tasks, the newest first: the first 20, and how many there are. */
  paused: { tasks: Progress[]; count: number };
  instances: InstanceInfo[];
  /** How many pages watch, on all instances together. */
  watching: number;
  /** Server ↔ database: milliseconds of the last answer, or since when it is away. */
  database: { ok: true; ms: number } | { ok: false; since: Instant };
}

/** `sync:days`: the days that changed since `days_seq - 1`. A gap means: read `/tasks/{id}/days` again. */
export interface SyncDays {
  task_id: string;
  days_seq: number;
  days: TaskDay[];
}

/** A hint: coverage of these days changed, read `/coverage` again. */
export interface CoverageChanged {
  from: Day;
  to: Day;
}

/** Facts come down by socket; commands go up by REST, browsers never emit. */
export interface ServerEvents {
  "sync:state": (state: SyncState) => void;
  "sync:days": (days: SyncDays) => void;
  "coverage:changed": (range: CoverageChanged) => void;
  /** A hint: a schedule was changed or has fired, read `/schedules` again. */
  "schedule:changed": () => void;
}

export type ClientEvents = Record<string, never>;

/** Path of the Socket.IO endpoint. */
export const SOCKET_PATH = "/socket.io";
