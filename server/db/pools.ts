import type pg from "pg";
import type { Log } from "@/server/sync/ports";
import { type Connection, openPool } from "./connect";

/** Answers of the API may take so long; long questions have no place there. */
const API_STATEMENT_MS = 10_000;
const API_CONNECTIONS = 8;
const LEASE_STATEMENT_MS = 3_000;
/** Later than the database itself gives a statement up: then the line is dead, not the database slow. */
const API_ANSWER_MS = 11_000;
/** Share of the lease's life that a renewal may take: a dead line must be left in time for a second try on a new one. */
const LEASE_ANSWER_SHARE = 1 / 5;

export interface Pools {
  /** Pages, scripts, commands, claims. */
  api: pg.Pool;
  /** One connection for renewals alone: they never wait behind anything else. */
  heartbeat: pg.Pool;
  close(): Promise<void>;
}

/** The connections of a server between runs; a run opens its own. */
export function openPools(connection: Connection, log: Log, leaseTtlMs: number): Pools {
  const open = (name: string, max: number, statementTimeoutMs: number, answerWithinMs: number) =>
    openPool({ connection, applicationName: `dayfill:${name}`, max, statementTimeoutMs, answerWithinMs, log });
  const api = open("api", API_CONNECTIONS, API_STATEMENT_MS, API_ANSWER_MS);
  const heartbeat = open("lease", 1, LEASE_STATEMENT_MS, leaseTtlMs * LEASE_ANSWER_SHARE);
  return {
    api,
    heartbeat,
    async close() {
      await Promise.allSettled([api.end(), heartbeat.end()]);
    },
  };
}
