import type pg from "pg";
import type { Log } from "@/server/sync/ports";
import { type Connection, openPool } from "./connect";

/** Answers of the API may take so long; long questions have no place there. */
const API_STATEMENT_MS = 10_000;
const API_CONNECTIONS = 8;
const LEASE_STATEMENT_MS = 3_000;

export interface Pools {
  /** Pages, scripts, commands, claims. */
  api: pg.Pool;
  /** One connection for renewals alone: they never wait behind anything else. */
  heartbeat: pg.Pool;
  close(): Promise<void>;
}

/** The connections of a server between runs; a run opens its own. */
export function openPools(connection: Connection, log: Log): Pools {
  const open = (name: string, max: number, statementTimeoutMs: number) =>
    openPool({ connection, applicationName: `dayfill:${name}`, max, statementTimeoutMs, log });
  const api = open("api", API_CONNECTIONS, API_STATEMENT_MS);
  const heartbeat = open("lease", 1, LEASE_STATEMENT_MS);
  return {
    api,
    heartbeat,
    async close() {
      await Promise.allSettled([api.end(), heartbeat.end()]);
    },
  };
}
