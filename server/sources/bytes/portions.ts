import { setImmediate } from "node:timers/promises";
import { BadRowsError } from "@/server/sync/errors";

/** Some 2,500 rows: a few milliseconds of work, after which all others have their turn. */
export const PORTION_BYTES = 256 * 1024;
/** Longer lines are no lines: a file without line ends, or not a table at all. */
export const MAX_LINE_BYTES = 64 * 1024;
/** A character takes four bytes at most; a portion ends where a line does, so it is not searched for further than this. */
const MAX_LINE_SEARCHED = 4 * MAX_LINE_BYTES;
const LINE_FEED = 10;

/**
 * Gives the bytes of a text to `work`, portion by portion, each of whole lines; a small text is one portion. Between two of
 * them timers and sockets have their turn (the lease is renewed in this process), and an aborted read rejects with its
 * reason. Throws BadRowsError where no line ends for too long.
 */
export async function eachPortion(
  bytes: Buffer,
  signal: AbortSignal,
  work: (portion: Buffer) => void,
  onTurn?: () => void,
): Promise<void> {
  for (let from = 0; from < bytes.length; ) {
    const end = portionEnd(bytes, from);
    work(bytes.subarray(from, end));
    from = end;
    if (from < bytes.length) await giveWay(signal, onTurn);
  }
}

/** Lets all others have their turn, and stops what is aborted. */
export async function giveWay(signal: AbortSignal, onTurn?: () => void): Promise<void> {
  await setImmediate();
  signal.throwIfAborted();
  onTurn?.();
}

function portionEnd(bytes: Buffer, from: number): number {
  const at = from + PORTION_BYTES;
  if (at >= bytes.length) return bytes.length;
  const found = bytes.subarray(at - 1, at + MAX_LINE_SEARCHED).indexOf(LINE_FEED);
  if (found >= 0) return at + found;
  if (at + MAX_LINE_SEARCHED >= bytes.length) return bytes.length;
  throw new BadRowsError({ rule: "line_too_long", row: countLines(bytes.subarray(0, at)) + 1, limit: "64 kB" });
}

/** Line feeds in the bytes. */
export function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) lines++;
  return lines;
}
