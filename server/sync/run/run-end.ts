import { DiskFullError, LeaseLostError, wordsOf } from "@/server/sync/errors";
import type { RunEnd, Wish } from "@/server/sync/session-ports";
import { diskFullPause } from "./disk-full";
import type { RunResult } from "./run-task";

/** How a run ends: by its last words, handed back for others to go on with, or silent, for the lease is somebody else's. */
export type Ending = { kind: "last_words"; end: Omit<RunEnd, "handOver"> } | { kind: "handed_back" } | { kind: "silenced" };

/** What is known when a run ends. */
export interface Circumstances {
  wish: Wish;
  /** The server stops. */
  isStopping: boolean;
  /** The lease was lost; what else went wrong followed from that. */
  isLost: boolean;
  /** Which pause by the system in a row it would be, from 1. */
  turn: number;
  nowMs: number;
}

/** The end of a run whose work is done, or set down in good order. */
export function endOfWork({ rejudged, isWhole, pause }: RunResult, { wish, turn }: Circumstances): Ending {
  // All days have their outcome: whatever was asked meanwhile came too late.
  if (isWhole) return lastWords({ status: "completed", rejudged });
  if (wish === "pause") return lastWords({ status: "paused", rejudged });
  if (pause) return lastWords({ status: "paused", rejudged, pause: { ...pause, turn } });
  return { kind: "handed_back" };
}

/** The end of a run whose work broke off. */
export function endOfBreak(error: unknown, { wish, isStopping, isLost, turn, nowMs }: Circumstances): Ending {
  if (isLost || error instanceof LeaseLostError) return { kind: "silenced" };
  if (wish === "cancel") return lastWords({ status: "cancelled" });
  if (error instanceof DiskFullError) {
    return lastWords({ status: "paused", pause: { ...diskFullPause(turn, nowMs), turn, heardFrom: null } });
  }
  if (isStopping) return { kind: "handed_back" };
  return lastWords({ status: "failed", error: { code: "internal_error", params: { detail: wordsOf(error) } } });
}

function lastWords(end: Pick<RunEnd, "status"> & Partial<Omit<RunEnd, "handOver">>): Ending {
  return { kind: "last_words", end: { error: null, rejudged: [], ...end } };
}
