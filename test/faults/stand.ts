import type { Progress } from "@/lib/contract/task";
import { call, type CallOptions, type Reply } from "@/test/support/api-client";
import { startPostgresProxy } from "@/test/support/postgres-proxy";
import { type ServerProcess, startServer } from "@/test/support/server";

/** A busy machine may keep an answer back for long; one that never comes is not waited for without end. */
const ANSWER_WITHIN_MS = 45_000;

/** One Dayfill of its own process with a line of its own to the database; both can be harmed. */
export type Machine = Awaited<ReturnType<typeof startMachine>>;

export interface MachineOptions {
  databaseUrl: string;
  env: Record<string, string>;
}

export async function startMachine({ databaseUrl, env }: MachineOptions) {
  const line = await startPostgresProxy(databaseUrl);
  /** Every process this machine ever had, for what they printed. */
  const lives: ServerProcess[] = [];
  const endings = new Set<ServerProcess>();
  let server: ServerProcess | null = null;
  let isFrozen = false;
  let isSevered = false;

  async function start(): Promise<void> {
    server = await startServer({ SCHEDULE_ENABLED: "false", ...env, DATABASE_URL: line.url });
    lives.push(server);
  }

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    const ending = server;
    server = null;
    isFrozen = false;
    if (!ending) return null;
    endings.add(ending);
    return ending.end(signal);
  }

  function thaw(): void {
    if (server && isFrozen) process.kill(server.pid, "SIGCONT");
    isFrozen = false;
  }

  await start();
  return {
    line,
    lives,
    start,
    /** The living process; throws where there is none. */
    process(): ServerProcess {
      if (!server) throw new Error("this machine runs no process");
      return server;
    },
    /** Runs, and nothing is done to it at the moment. */
    isWell: () => server !== null && !isFrozen && !isSevered,
    kill: () => end("SIGKILL"),
    stop: () => end("SIGTERM"),
    /** The process stands still: a laptop lid, a stopped virtual machine. */
    freeze() {
      if (server) process.kill(server.pid, "SIGSTOP");
      isFrozen = server !== null;
    },
    thaw,
    /** The line to the database is dead for so long: refused (`cut`), silent for good (`blackhole`), or standing still (`stall`). */
    async sever(how: "cut" | "blackhole" | "stall", ms: number): Promise<void> {
      isSevered = true;
      line[how]();
      await new Promise((resolve) => setTimeout(resolve, ms));
      line.restore();
      isSevered = false;
    },
    /** What processes that nobody ended had to say before they went. */
    deaths: () => lives.filter((life) => life.hasEnded() && !endings.has(life)).map((life) => life.output().slice(-2_000)),
    /** A call that may meet anything: null = no answer within the time. */
    async call(path: string, body?: object, method?: CallOptions["method"]): Promise<Reply | null> {
      if (!server) return null;
      return call(server.url, path, body, { ...(method ? { method } : {}), withinMs: ANSWER_WITHIN_MS }).catch(() => null);
    },
    /** Mends everything and ends the process; its exit code, or null where it had gone already. */
    async close(): Promise<number | null> {
      line.restore();
      thaw();
      const code = await end("SIGTERM");
      await line.close();
      return code;
    },
  };
}

/** Starts a range on a machine and says which task it became; throws where it was refused. */
export async function startRange(machine: Machine, start_date: string, end_date: string, more: object = {}): Promise<string> {
  const reply = await machine.call("/sync/batch", { start_date, end_date, ...more });
  if (reply?.status !== 202) throw new Error(`the start was refused: ${JSON.stringify(reply)}`);
  return reply.body.data.task_id as string;
}

/** Asks a machine for the progress of a task until it is as wanted. */
export async function progressWhen(
  machine: Machine,
  taskId: string,
  wanted: (progress: Progress) => boolean,
  withinMs = 180_000,
): Promise<Progress> {
  const until = performance.now() + withinMs;
  for (;;) {
    const reply = await machine.call(`/sync/batch/progress/${taskId}`);
    const progress = reply?.body.data as Progress | undefined;
    if (progress && wanted(progress)) return progress;
    if (performance.now() > until) throw new Error(`task ${taskId} is not as wanted: ${JSON.stringify(reply?.body)}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
