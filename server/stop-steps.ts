import type { Log } from "./sync/ports";

/** Whatever hangs, the process ends this long after it was asked to. */
export const HARD_STOP_MS = 20_000;

/**
 * The longest that each part of a stop may take, one after the other; what is left of `HARD_STOP_MS` is for the embedded
 * database. A database that is slow or away would else use up the time of those behind it.
 */
export const STOP_MS = {
  /** Ten seconds for the day in work, the rest to roll it back and to give the lease back. */
  work: 12_500,
  /** The line to the provider, the notices on their way, and the good-bye to the other instances: at the same time. */
  around: 3_200,
  /** Requests end by themselves for a second before they are cut. */
  web: 1_500,
  pools: 1_000,
} as const;

/** Waits for the work, but no longer than that: then it is left to itself, which the log says. Rejects as it does in time. */
export async function noLongerThan(ms: number, what: string, log: Log, work: () => unknown): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      log.warn({ what, ms }, "a part of the stop takes too long, the stop goes on without it");
      resolve();
    }, ms);
  });
  try {
    await Promise.race([(async () => void (await work()))(), late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Takes one step of a stop after the other, also where one of them failed: the database is ended even if a provider did not
 * let go of its line. Rejects with the first failure, when all is done.
 */
export async function everyStep(steps: readonly (() => unknown)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

/** Waits until all have ended, however they did, before it rejects with the first failure: who comes next finds nobody at work. */
export async function allEnded(endings: readonly unknown[]): Promise<void> {
  const failed = (await Promise.allSettled(endings)).find((ending) => ending.status === "rejected");
  if (failed) throw failed.reason;
}
