import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { DatabaseAwayError, wordsOf } from "@/server/sync/errors";
import { type Connection, cutOff, isAway } from "./connect";

/** What stands between us and PostgreSQL: nothing (or a plain proxy), or a pooler that lends its servers by the session or by the transaction. */
export type Pooler = "direct" | "session" | "transaction";

/** The verdict, and for `transaction` what gave it away. */
export interface Probed {
  pooler: Pooler;
  evidence: string | null;
}

/** Each wait of the probe, so that the whole takes seconds at worst. */
const ANSWER_WITHIN_MS = 5_000;
const CLOSE_WITHIN_MS = 1_000;
/** Connections that hold a transaction while the first one asks again. */
const HOLDERS = 2;
/** Askings in a row before anybody holds a transaction: a pool that goes round answers from another server. */
const ASKINGS = 3;
const HEARD_WITHIN_MS = 1_000;
/** What pgbouncer answers to BEGIN where it lends servers by the statement. */
const NO_TRANSACTIONS = /transaction blocks not allowed|statement pooling/i;

/** This server does not start through such a pooler: the sentence says what was found, why, and what to do. */
export class TransactionPoolerError extends Error {
  constructor(evidence: string) {
    super(
      `DATABASE_URL leads through a pooler in transaction mode: ${evidence}. COPY, LISTEN and the lease need one PostgreSQL ` +
        "connection from beginning to end, so Dayfill cannot work through it. Use the direct address of the database, or the " +
        "pooler's session mode (PgBouncer: pool_mode = session; Supabase: port 5432 instead of 6543).",
    );
    this.name = "TransactionPoolerError";
  }
}

/**
 * Finds out by behaviour, never by port or name. Where servers are lent by the transaction, one that was just given back is
 * the next to be lent: a second client that begins a transaction gets it (or the first client gets another one afterwards).
 * A pool that would keep them apart all the same is deaf: a notification finds nobody on the line. A pooler of either kind
 * hands out cancel keys of its own, so the process id in them is not the backend's.
 *
 * Only transactions without work are used, so nothing is left behind. Rejects with DatabaseAwayError where nobody answers in time.
 */
export async function probePooler(connection: Connection): Promise<Probed> {
  const clients: pg.Client[] = [];
  const open = async () => {
    const client = openClient(connection);
    clients.push(client);
    await client.connect();
    return client;
  };
  try {
    const asker = await open();
    const own = await backendOf(asker);
    const evidence = (await findsShared(asker, own, open)) ?? (await findsDeaf(asker, clients[1] as pg.Client));
    if (evidence) return { pooler: "transaction", evidence };
    return { pooler: keyOf(asker) === own ? "direct" : "session", evidence: null };
  } catch (error) {
    throw asAway(error, clients.length);
  } finally {
    await Promise.all(clients.map(close));
  }
}

/** Asks for the backend of one connection again and again, while more and more others hold a transaction. */
async function findsShared(asker: pg.Client, own: number, open: () => Promise<pg.Client>): Promise<string | null> {
  const moved = (to: number) => `one connection was answered by the backends ${own} and ${to}`;
  for (let asking = 1; asking < ASKINGS; asking += 1) {
    const now = await backendOf(asker);
    if (now !== own) return moved(now);
  }
  for (let holders = 1; holders <= HOLDERS; holders += 1) {
    const holder = await open();
    try {
      await holder.query("BEGIN READ ONLY");
      holding.add(holder);
    } catch (error) {
      if (NO_TRANSACTIONS.test(wordsOf(error))) return `a transaction was refused (${wordsOf(error)})`;
      throw error;
    }
    const held = await backendOf(holder);
    if (held === own) return `two connections were answered by one backend (${own})`;
    const now = await backendOf(asker);
    if (now !== own) return moved(now);
  }
  return null;
}

/** True to its word only where the server speaks to a client that asked nothing. A database without LISTEN is no pooler. */
async function findsDeaf(asker: pg.Client, other: pg.Client): Promise<string | null> {
  const channel = `dayfill_probe_${randomBytes(8).toString("hex")}`;
  // A notice says that this database knows no LISTEN.
  const heard: string[] = [];
  asker.on("notification", () => void heard.push("notification"));
  asker.on("notice", () => void heard.push("notice"));
  try {
    await asker.query(`LISTEN ${channel}`);
    await endTransaction(other);
    await other.query(`NOTIFY ${channel}`);
  } catch (error) {
    if (isAway(error)) throw error;
    return null;
  }
  for (let waitedMs = 0; heard.length === 0 && waitedMs < HEARD_WITHIN_MS; waitedMs += 10) await sleep(10);
  // Whatever the server has for this connection comes before its next answer, however slow the machine is.
  await asker.query(`UNLISTEN ${channel}`);
  return heard.length > 0 ? null : "a notification did not arrive";
}

function openClient(connection: Connection): pg.Client {
  const client = new pg.Client({
    ...connection,
    application_name: "dayfill:probe",
    connectionTimeoutMillis: ANSWER_WITHIN_MS,
    query_timeout: ANSWER_WITHIN_MS,
    keepAlive: true,
  });
  // What goes wrong is said by the statement under way; without a listener it would end the process.
  client.on("error", () => {});
  return client;
}

async function backendOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  return rows[0]?.pid as number;
}

/** The process id that came with the cancel key. */
const keyOf = (client: pg.Client) => (client as unknown as { processID: number | null }).processID;

/** Connections in the middle of a transaction: a ROLLBACK of anything else is a warning in the log of the server. */
const holding = new WeakSet<pg.Client>();

async function endTransaction(client: pg.Client): Promise<void> {
  if (holding.delete(client)) await client.query("ROLLBACK");
}

/** Gives the server back without a transaction: a pooler would throw away one that is in the middle of it. */
async function close(client: pg.Client): Promise<void> {
  const closed = endTransaction(client)
    .catch(() => {})
    .then(() => client.end())
    .catch(() => {});
  const timer = new AbortController();
  await Promise.race([closed, sleep(CLOSE_WITHIN_MS, undefined, { signal: timer.signal }).catch(() => {})]);
  timer.abort();
  cutOff(client);
}

function asAway(error: unknown, connections: number): unknown {
  if (!isAway(error)) return error;
  if (connections < 2) return new DatabaseAwayError(error);
  const all = `connection ${connections} of ${HOLDERS + 1} got no answer (${wordsOf(error)}); a pooler in session mode needs room for all connections of Dayfill`;
  return new DatabaseAwayError(new Error(all, { cause: error }));
}
