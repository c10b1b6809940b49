import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const ROOT = path.resolve(import.meta.dirname, "../..");
/** The very command of `npm start`, without npm. */
const START = (JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as { scripts: { start: string } }).scripts.start
  .split(" ")
  .slice(1);
const READY = /is ready on (http:\/\/\S+)/;
const READY_WITHIN_MS = 120_000;
const END_WITHIN_MS = 90_000;

/** A Dayfill of its own process, as `npm start` runs it. */
export interface ServerProcess {
  url: string;
  pid: number;
  /** Everything it has printed so far. */
  output(): string;
  hasEnded(): boolean;
  /** From here on nobody reads what it prints, as behind a terminal that was closed. */
  stopReading(): void;
  /** Sends the signal and returns at once; `toGroup`: to all processes of its terminal, as Ctrl-C does (see `ownGroup`). */
  signal(signal: NodeJS.Signals, options?: { toGroup: boolean }): void;
  /** The exit code, once the process is gone; null where a signal ended it. */
  gone: Promise<number | null>;
  /** Sends the signal and waits until the process is gone; SIGKILL is what a crash looks like. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

interface HowToStart {
  /** As `npm start` does it, npm and its shell in between; else the command alone. */
  throughNpm?: boolean;
  /** In a process group of its own, as a terminal starts it: `process.kill(-pid)` is a Ctrl-C. */
  ownGroup?: boolean;
  /** It may answer 503 from /readyz at first: its database is away, or it waits for another instance. */
  mayBeDegraded?: boolean;
}

/** Starts the built server on a free port and waits for its one line. The environment of the test run does not leak in. */
export async function startServer(environment: Record<string, string>, how: HowToStart = {}): Promise<ServerProcess> {
  const [program, args] = how.throughNpm ? ["npm", ["start"]] : [process.execPath, START];
  const child = spawn(program, args, {
    cwd: ROOT,
    detached: how.ownGroup ?? false,
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: process.env["HOME"] ?? "",
      ...(process.env["TZ"] ? { TZ: process.env["TZ"] } : {}),
      NODE_ENV: "production",
      DAYFILL_NO_DOTENV: "1",
      PORT: "0",
      LOG_FORMAT: "json",
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const gone = new Promise<number | null>((resolve) => {
    child.once("exit", resolve);
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", (text: string) => (printed += text));
  const url = await whenReady(child, () => printed, how.mayBeDegraded ?? false);
  const pid = child.pid as number;
  return {
    url,
    pid,
    output: () => printed,
    stopReading() {
      child.stdout?.destroy();
      child.stderr?.destroy();
    },
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    signal: (signal, { toGroup } = { toGroup: false }) => void process.kill(toGroup ? -pid : pid, signal),
    gone,
    end: (signal = "SIGTERM") => endProcess(child, signal),
  };
}

/** Its line comes after five seconds at the latest; on a slow machine the database is not prepared by then. */
async function whenReady(child: ChildProcess, printed: () => string, mayBeDegraded: boolean): Promise<string> {
  const deadline = performance.now() + READY_WITHIN_MS;
  while (performance.now() < deadline) {
    const url = READY.exec(printed())?.[1];
    if (url && (mayBeDegraded || (await isReady(url)))) return url;
    if (child.exitCode !== null) break;
    await sleep(25);
  }
  child.kill("SIGKILL");
  throw new Error(`the server did not get ready (exit code ${child.exitCode}):\n${printed()}`);
}

const isReady = (url: string): Promise<boolean> =>
  fetch(`${url}/readyz`).then(
    ({ status }) => status === 200,
    () => false,
  );

async function endProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const gone = once(child, "exit");
  child.kill(signal);
  const timer = setTimeout(() => child.kill("SIGKILL"), END_WITHIN_MS);
  await gone;
  clearTimeout(timer);
  return child.exitCode;
}
