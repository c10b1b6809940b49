import { type AwayOptions, whileAway } from "@/server/sync/trying/away";
import { DiskFullError, type SystemPause } from "@/server/sync/errors";

/** A full disk is looked at again after this, doubling while it stays full without a finished day between. */
const FIRST_MS = 5 * 60_000;
const LONGEST_MS = 60 * 60_000;
/** Wait before the last words of a run are tried again. */
const WAIT_MS = 5_000;

/** The pause of a task for which the database had no room; `turn` = which in a row it is, from 1. */
export function diskFullPause(turn: number, nowMs: number): SystemPause {
  return { reason: "disk_full", resumeMs: nowMs + Math.min(LONGEST_MS, FIRST_MS * 2 ** (turn - 1)), detail: null };
}

/** The last words of a run: tried again however long the database is away or full. Only the signal ends it, with its reason. */
export async function untilWritten<T>(options: AwayOptions, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await whileAway(options, work);
    } catch (error) {
      if (!(error instanceof DiskFullError)) throw error;
      options.log.warn({ task_id: options.taskId, err: error.message }, "no room for the last words, trying again");
      await options.clock.sleep(WAIT_MS, options.signal);
    }
  }
}
