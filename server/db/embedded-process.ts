import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { open, readFile, stat, truncate } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { type EmbeddedConnection, OVER_TCP } from "./embedded-address";
import { programOf } from "./embedded-binaries";
import { CLEAN_ENVIRONMENT, runProgram } from "./embedded-run";
import { settingsFor } from "./embedded-settings";
import type { Runner } from "./embedded-runner";

/** A PostgreSQL that this process started. */
export interface PostgresProcess {
  pid: number;
  running(): boolean;
  /**
   * Fast shutdown: open transactions roll back, a checkpoint is written. Resolves when it has ended, or after `withinMs`:
   * then it goes on ending by itself. Without that it is made to end where it takes too long.
   */
  stop(withinMs?: number): Promise<void>;
  /** The end of its log. */
  lastWords(): Promise<string>;
}

const LARGEST_LOG_BYTES = 10 * 1024 * 1024;
const FAST_SHUTDOWN_WITHIN_MS = 30_000;
/** Ends PostgreSQL in the same orderly way when Node is killed; after `unshare`, since a change of user would clear it. */
const WITH_US = ["setpriv", "--pdeathsig", "INT", "--"];

/**
 * Starts `postgres` in its own session: Ctrl-C in the terminal reaches us, and we end it after the last day is settled. Its
 * log is a file, not a pipe, so that it survives us where nothing can tie it to us.
 */
export async function spawnPostgres(runner: Runner, connection: EmbeddedConnection): Promise<PostgresProcess> {
  const logPath = `${runner.cluster}.log`;
  if (((await stat(logPath).catch(() => null))?.size ?? 0) > LARGEST_LOG_BYTES) await truncate(logPath);
  const logFile = await open(logPath, "a", 0o600);
  if (runner.owner) await logFile.chown(runner.owner.uid, runner.owner.gid);
  const [program = "", ...args] = [
    ...runner.through,
    ...(canTieToUs() ? WITH_US : []),
    programOf(runner.binaries, "postgres"),
    "-D",
    runner.cluster,
    ...settingsFor(connection),
  ];
  const child = spawn(program, args, {
    ...runner.user,
    env: CLEAN_ENVIRONMENT,
    detached: true,
    windowsHide: true,
    stdio: ["ignore", logFile.fd, logFile.fd],
  });
  const ended = once(child, "exit").catch(() => undefined);
  let failure: Error | null = null;
  child.on("error", (error) => {
    failure = error;
  });
  child.unref();
  await logFile.close();

  const running = () => failure === null && child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  const endedWithin = async (ms: number) => {
    const waiting = new AbortController();
    await Promise.race([ended, sleep(ms, undefined, { signal: waiting.signal }).catch(() => undefined)]);
    waiting.abort();
    return !running();
  };
  return {
    pid: child.pid ?? 0,
    running,
    async stop(withinMs) {
      if (!running()) return;
      const askToEnd = [programOf(runner.binaries, "pg_ctl"), "stop", "--no-wait", "-m", "fast", "-D", runner.cluster];
      if (OVER_TCP) await runProgram(runner, askToEnd);
      else child.kill("SIGINT");
      if ((await endedWithin(withinMs ?? FAST_SHUTDOWN_WITHIN_MS)) || withinMs !== undefined) return;
      // Immediate shutdown: the next start recovers from the log of changes, nothing committed is lost.
      child.kill("SIGQUIT");
      await endedWithin(FAST_SHUTDOWN_WITHIN_MS);
    },
    async lastWords() {
      const text = await readFile(logPath, "utf8").catch(() => "");
      return failure ? failure.message : text.trimEnd().split("\n").slice(-15).join("\n");
    },
  };
}

const canTieToUs = () => process.platform === "linux" && spawnSync("setpriv", ["--pdeathsig", "INT", "--", "true"]).status === 0;
