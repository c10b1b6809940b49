import type { Socket } from "node:net";
import type pg from "pg";
import type { Log } from "@/server/sync/ports";
import { backendOf, type Connection, cutOff, openPool, streamOf } from "./connect";

/** A dead line is found by the third look at the latest: within eight seconds of its last byte. */
const LOOK_EVERY_MS = 2_000;
const WITNESS_WITHIN_MS = 2_000;

export interface LineWatchOptions {
  connection: Connection;
  /** Name of the watched connections; the witness bears it too, so that a thief ends it with them. */
  applicationName: string;
  /** The connections as they are at the moment. */
  clients(): Iterable<pg.ClientBase>;
  log: Log;
}

/**
 * Cuts connections that are dead without knowing it. A half-open line looks like a slow database: the socket takes bytes
 * until its buffers are full, nothing comes back, and only the system's own patience (a quarter of an hour) would end it.
 * So a connection that has moved no byte in either direction since the last look, though an answer is due, is asked after
 * on another one: a backend that works or waits for a lock is left in peace; one that waits for *us* never got what we
 * sent. Twice in a row, and the line is cut and its backend ended, which would otherwise keep the locks of the day.
 */
export function watchLines(options: LineWatchOptions): { stop(): Promise<void> } {
  const { log } = options;
  let witness: pg.Pool | null = null;
  const witnessSockets = new Set<Socket>();
  let seen = new Map<pg.ClientBase, string>();
  let suspects = new Set<pg.ClientBase>();
  let timer: NodeJS.Timeout | null = setTimeout(() => void look(), LOOK_EVERY_MS);

  async function look(): Promise<void> {
    const now = new Map([...options.clients()].filter(isAsked).map((client) => [client, trafficOf(client)]));
    const silent = [...now].filter(([client, traffic]) => seen.get(client) === traffic).map(([client]) => client);
    seen = now;
    try {
      const before = suspects;
      suspects = silent.length > 0 ? await askAfter(silent) : new Set();
      // Only what was silent during the asking too: an answer may have come meanwhile.
      const dead = [...suspects].filter((client) => before.has(client) && now.get(client) === trafficOf(client));
      if (dead.length > 0) await end(dead);
    } catch (error) {
      if (!timer) return;
      // The database itself does not answer: that is for the lease to judge.
      log.warn({ err: error instanceof Error ? error.message : String(error) }, "silent connections could not be looked after");
    }
    if (timer) timer = setTimeout(() => void look(), LOOK_EVERY_MS);
  }

  /** Those whose backend waits for us, or is gone. */
  async function askAfter(silent: pg.ClientBase[]): Promise<Set<pg.ClientBase>> {
    const { rows } = await ask<{ pid: number }>(
      "SELECT pid FROM pg_stat_activity WHERE pid = ANY ($1) AND wait_event_type IS DISTINCT FROM 'Client'",
      [silent.map(backendOf)],
    );
    const busy = new Set(rows.map((row) => row.pid));
    return new Set(silent.filter((client) => !busy.has(backendOf(client) ?? 0)));
  }

  async function end(dead: pg.ClientBase[]): Promise<void> {
    log.warn({ connections: dead.length }, "half-open database connections cut");
    for (const client of dead) cutOff(client);
    await ask(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = ANY ($1) AND application_name = $2 AND wait_event_type = 'Client'",
      [dead.map(backendOf), options.applicationName],
    );
  }

  async function ask<Answer extends pg.QueryResultRow>(sql: string, values: unknown[]) {
    if (!timer) throw new Error("the watch was stopped");
    witness ??= openPool({
      connection: options.connection,
      applicationName: options.applicationName,
      max: 1,
      statementTimeoutMs: WITNESS_WITHIN_MS,
      answerWithinMs: WITNESS_WITHIN_MS,
      sockets: witnessSockets,
      log,
    });
    return witness.query<Answer>(sql, values);
  }

  return {
    async stop() {
      if (!timer) return;
      clearTimeout(timer);
      timer = null;
      // What it asks is of no use any more, and on a dead line nobody would answer.
      for (const socket of witnessSockets) socket.destroy();
      await witness?.end();
    },
  };
}

/** True while the client waits for an answer. */
function isAsked(client: pg.ClientBase): boolean {
  return backendOf(client) !== undefined && (client as unknown as { readyForQuery?: boolean | null }).readyForQuery === false;
}

/** Changes whenever a byte came in, or one of ours was taken by the system. */
function trafficOf(client: pg.ClientBase): string {
  const { bytesRead, bytesWritten, writableLength } = streamOf(client);
  return `${bytesRead} ${bytesWritten - writableLength} ${writableLength}`;
}
