import { mkdir, realpath } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "@/server/sync/ports";
import { addressOf, chooseAddress, type EmbeddedConnection, leaveAddress, OVER_TCP } from "./embedded-address";
import { findBinaries } from "./embedded-binaries";
import { ensureCluster } from "./embedded-cluster";
import { isPostmasterOf, readPostmaster, removeStalePidFile } from "./embedded-postmaster";
import { probe } from "./embedded-probe";
import { type PostgresProcess, spawnPostgres } from "./embedded-process";
import type { Runner } from "./embedded-runner";
import { chooseRunner } from "./embedded-user";

export interface EmbeddedPostgres {
  connection: EmbeddedConnection;
  /** Such as `18.4`. */
  version: string;
  /**
   * Ends PostgreSQL (fast shutdown) if this process started it; an adopted one runs on for the instance that did. Waits for
   * the end no longer than `withinMs`: what is asked to end does so by itself.
   */
  stop(withinMs?: number): Promise<void>;
}

const READY_WITHIN_MS = 60_000;
/** How long a PostgreSQL that holds the cluster but does not answer (it is stopping or recovering) is waited for. */
const HOLDER_WITHIN_MS = 10_000;
const WATCH_EVERY_MS = 1_000;
const PAUSE_MS = 100;

export interface EmbeddedOptions {
  dataDir: string;
  log: Log;
  signal?: AbortSignal;
}

/**
 * Starts the PostgreSQL of `dataDir`, or adopts the one that already runs on it, and keeps one running until `stop`: when it
 * ends without being asked (a crash, or the instance that started it has left), it is started again at the same address.
 * A start that `signal` ends rejects with its reason, and leaves no PostgreSQL behind.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const { dataDir, log, signal = new AbortController().signal } = options;
  await mkdir(dataDir, { recursive: true });
  const runner = await chooseRunner(await findBinaries(), await realpath(dataDir));
  if (runner.remark) log.warn({}, runner.remark);
  await ensureCluster(runner, OVER_TCP);

  let running = await startOrAdopt(runner, log, signal);
  const { connection, version } = running;
  const stopping = new AbortController();
  const watch = (async () => {
    while (!stopping.signal.aborted) {
      await sleep(WATCH_EVERY_MS, undefined, { ref: false, signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted || (await isPostmasterOf(running.pid, runner.cluster)) || stopping.signal.aborted) continue;
      log.warn({ pid: running.pid }, "the embedded PostgreSQL has ended; it is started again");
      try {
        running = await startOrAdopt(runner, log, stopping.signal, connection);
      } catch (error) {
        if (stopping.signal.aborted) return;
        log.error({ err: error }, "the embedded PostgreSQL does not start; it is tried again");
      }
    }
  })();

  return {
    connection,
    version,
    async stop(withinMs) {
      stopping.abort(new Error("the embedded PostgreSQL is stopped"));
      // It may be starting another one: that ends with it, so that nothing is left behind our back.
      await watch;
      if (!running.own) return;
      await running.own.stop(withinMs);
      await leaveAddress(connection);
    },
  };
}

interface Running {
  connection: EmbeddedConnection;
  version: string;
  pid: number;
  /** Null = adopted. */
  own: PostgresProcess | null;
}

async function startOrAdopt(runner: Runner, log: Log, signal: AbortSignal, formerAddress?: EmbeddedConnection): Promise<Running> {
  const giveUpAt = performance.now() + HOLDER_WITHIN_MS;
  for (;;) {
    signal.throwIfAborted();
    const found = await readPostmaster(runner.cluster);
    if (found && (await isPostmasterOf(found.pid, runner.cluster))) {
      const connection = await addressOf(runner, found);
      const version = await probe(connection, runner.cluster).catch(() => null);
      if (version !== null) {
        log.info({ version, pid: found.pid }, "the embedded PostgreSQL already runs; it is shared");
        return { connection, version, pid: found.pid, own: null };
      }
    } else {
      await removeStalePidFile(runner.cluster);
      const chosen = await chooseAddress(runner);
      const connection = OVER_TCP ? (formerAddress ?? chosen) : chosen;
      const own = await spawnPostgres(runner, connection);
      const version = await untilReady(own, connection, runner.cluster, signal);
      if (version !== null) return { connection, version, pid: own.pid, own };
      // It left: most likely because another start was faster. Then that one is adopted.
      if (performance.now() > giveUpAt) throw new Error(`PostgreSQL did not start. Its last words:\n${await own.lastWords()}`);
    }
    if (performance.now() > giveUpAt) {
      throw new Error(`A PostgreSQL (pid ${found?.pid}) holds ${runner.cluster} but does not answer. End it, then start again.`);
    }
    await sleep(PAUSE_MS);
  }
}

/** The version once it answers; null when it ended instead. Where the signal comes first it is ended again. */
async function untilReady(
  own: PostgresProcess,
  connection: EmbeddedConnection,
  cluster: string,
  signal: AbortSignal,
): Promise<string | null> {
  const giveUpAt = performance.now() + READY_WITHIN_MS;
  let last: unknown;
  while (own.running()) {
    const version = await probe(connection, cluster).catch((error: unknown) => {
      last = error;
      return null;
    });
    if (signal.aborted) {
      await own.stop();
      await leaveAddress(connection);
      throw signal.reason;
    }
    if (version !== null) return version;
    if (performance.now() > giveUpAt) {
      const words = await own.lastWords();
      await own.stop();
      throw new Error(`PostgreSQL started but did not answer within ${READY_WITHIN_MS / 1000} s. Its last words:\n${words}`, {
        cause: last,
      });
    }
    await sleep(25);
  }
  return null;
}
