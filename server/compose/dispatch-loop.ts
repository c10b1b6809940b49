import type { Clock, Log } from "@/server/sync/ports";
import type { SyncManager } from "@/server/sync/run/sync-manager";
import { createFaultLog } from "@/server/sync/trying/fault-log";

/** How often an instance looks for a task that waits, or whose holder is gone. */
const DISPATCH_EVERY_MS = 2_000;
/** A lease that ran out is found so long after: the clocks of two machines measure a moment differently. */
const AFTER_EXPIRY_MS = 20;

export interface DispatchOptions {
  clock: Pick<Clock, "sleep">;
  manager: Pick<SyncManager, "dispatch">;
  /** Until the lease runs out unless its holder renews it; null = nobody holds it, or nobody knows. */
  leaseLeftMs(): number | null;
  log: Log;
}

export interface Dispatching {
  /** Somebody told that there may be work. */
  now(): void;
  stop(): void;
}

/**
 * Looks for work at once, then every two seconds, when it is told to, and at the moment when the lease of a holder that says
 * nothing runs out. One look at a time, until `stop`.
 */
export function dispatchEverySoOften({ clock, manager, leaseLeftMs, log }: DispatchOptions): Dispatching {
  let stopped = false;
  let pause = new AbortController();
  const faults = createFaultLog(log, "could not look for waiting tasks");

  async function look(): Promise<void> {
    try {
      await manager.dispatch();
      faults.passed();
    } catch (error) {
      faults.failed(error);
    }
  }

  function untilNextLookMs(): number {
    const leftMs = leaseLeftMs();
    return leftMs === null || leftMs <= 0 ? DISPATCH_EVERY_MS : Math.min(DISPATCH_EVERY_MS, leftMs + AFTER_EXPIRY_MS);
  }

  async function looking(): Promise<void> {
    for (;;) {
      // Made before the look, so that what is told during it leads to another one.
      pause = new AbortController();
      await look();
      if (stopped) return;
      await clock.sleep(untilNextLookMs(), pause.signal).catch(() => {});
      if (stopped) return;
    }
  }

  void looking();
  return {
    now: () => pause.abort(new Error("told")),
    stop() {
      stopped = true;
      pause.abort(new Error("stopped"));
    },
  };
}
