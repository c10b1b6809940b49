import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { isDay } from "@/lib/contract/day";
import { wordsOf } from "@/server/sync/errors";
import type { Log } from "@/server/sync/ports";
import type { Word } from "@/server/sync/instances/word";
import { CHANNEL } from "./announce";
import { type Connection, openPool, cutOff } from "./connect";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5_000;
/** A line that is dead says nothing: it is asked now and then, and given up when no answer comes. */
const PROBE_EVERY_MS = 10_000;
const ANSWER_WITHIN_MS = 3_000;
/** So much later than the database itself would give up: then it is the line. */
const DEAD_AFTER_MS = 500;

export interface ListenOptions {
  connection: Connection;
  /** Id of this instance: its own words are not for it. */
  self: string;
  log: Log;
  onWord(word: Word): void;
  /** Listening begins, or begins again: what was said before was not heard, so now is a time to look. */
  onListening(): void;
}

/** Hears what the other instances tell, on one connection of its own, until `close`. A line that breaks is made anew. */
export function listenToOthers(options: ListenOptions): { close(): Promise<void> } {
  const { log } = options;
  const sockets = new Set<Socket>();
  const pool = openPool({
    connection: options.connection,
    applicationName: "dayfill:listen",
    max: 1,
    statementTimeoutMs: ANSWER_WITHIN_MS,
    answerWithinMs: ANSWER_WITHIN_MS + DEAD_AFTER_MS,
    sockets,
    log,
  });
  const closing = new AbortController();
  const { signal } = closing;
  let waitMs = FIRST_WAIT_MS;

  /** Settles only by a rejection: the line is gone, or the server stops. */
  async function listen(): Promise<never> {
    const client = await pool.connect();
    const line = new AbortController();
    try {
      signal.throwIfAborted();
      const gone = whenGone(client, signal, line.signal);
      client.on("notification", ({ payload }) => hear(payload));
      await client.query(`LISTEN ${CHANNEL}`);
      waitMs = FIRST_WAIT_MS;
      options.onListening();
      return await Promise.race([gone, probing(client, line.signal)]);
    } finally {
      line.abort();
      // On a dead line an orderly end would wait for an answer that never comes.
      cutOff(client);
      client.release(true);
    }
  }

  function hear(payload: string | undefined): void {
    const word = wordOf(payload);
    if (word && word.from !== options.self) options.onWord(word);
  }

  async function listening(): Promise<void> {
    while (!signal.aborted) {
      await listen().catch((error: unknown) => {
        if (!signal.aborted) log.warn({ err: wordsOf(error), again_in_ms: waitMs }, "does not hear the other instances");
      });
      await sleep(waitMs, undefined, { signal }).catch(() => {});
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    }
  }

  const ended = listening().then(() => pool.end());
  return {
    close() {
      closing.abort(new Error("the server stops"));
      // A line that is being made, or that does not answer, hears of nothing else.
      for (const socket of sockets) socket.destroy();
      return ended;
    },
  };
}

/** `over` takes the listener away: a server that runs for years makes many lines, and keeps none that broke. */
function whenGone(client: pg.PoolClient, signal: AbortSignal, over: AbortSignal): Promise<never> {
  const gone = new Promise<never>((_, reject) => {
    client.once("error", reject);
    client.once("end", () => reject(new Error("the connection ended")));
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true, signal: over });
  });
  // It may come before anybody waits for it.
  gone.catch(() => {});
  return gone;
}

async function probing(client: pg.PoolClient, signal: AbortSignal): Promise<never> {
  for (;;) {
    await sleep(PROBE_EVERY_MS, undefined, { signal });
    await client.query("SELECT 1");
  }
}

/** Null for what is no word of ours: anybody may speak on a channel, and what is thrown at hearing it would end the process. */
function wordOf(payload: string | undefined): Word | null {
  try {
    const word = JSON.parse(payload ?? "") as Partial<Record<keyof Word, unknown>> | null;
    const isOurs = typeof word?.from === "string" && typeof word.what === "string" && isRange(word.range);
    return isOurs ? (word as Word) : null;
  } catch {
    return null;
  }
}

function isRange(range: unknown): boolean {
  return range === undefined || (Array.isArray(range) && range.length === 2 && range.every(isDay));
}
