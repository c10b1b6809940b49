import type { Clock } from "@/server/sync/ports";

/** A file of a year is asked for again for each of its days; nobody comes back later than this. */
const IDLE_MS = 60_000;
/** A file on the web may have grown by then; a local one is looked at each time. */
const MAX_AGE_MS = 10 * 60_000;
const MAX_KEPT_BYTES = 128 * 1024 * 1024;

interface Kept {
  address: string;
  version: string | null;
  bytes: Buffer;
  atMs: number;
}

/**
 * Keeps the content of the one file that was read last, where several days come from it: at most 128 MiB, and no longer
 * than a minute after its last use.
 */
export function createFileMemory(clock: Pick<Clock, "monotonic">) {
  let kept: Kept | null = null;
  let timer: NodeJS.Timeout | undefined;
  const forget = () => {
    clearTimeout(timer);
    kept = null;
  };
  const rest = () => {
    clearTimeout(timer);
    timer = setTimeout(forget, IDLE_MS).unref();
  };
  return {
    forget,
    /** What is kept of that file, if it is not too old. */
    recall(address: string): Kept | null {
      if (kept?.address !== address || clock.monotonic() - kept.atMs > MAX_AGE_MS) return null;
      rest();
      return kept;
    },
    keep(address: string, version: string | null, bytes: Buffer): void {
      forget();
      if (bytes.length > MAX_KEPT_BYTES) return;
      kept = { address, version, bytes, atMs: clock.monotonic() };
      rest();
    },
  };
}
